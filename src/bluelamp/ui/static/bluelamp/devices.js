/* The picker of devices: a combobox with a list (ARIA 1.2) over the field that works without it. */
(function () {
  "use strict";
  var place = document.querySelector("[data-devices]");
  var input = place && place.querySelector("input");
  if (!input || !window.fetch) { return; }
  var found = [], at = -1, asked = 0, timer;

  var pick = document.createElement("input");
  pick.type = "hidden";
  pick.name = "pick";
  place.appendChild(pick);
  var list = document.createElement("ul");
  list.id = "f-list";
  list.className = "bl-find__list";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", place.getAttribute("data-list"));
  place.appendChild(list);
  var status = document.createElement("div");
  status.className = "govuk-visually-hidden";
  status.setAttribute("role", "status");
  place.appendChild(status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", "f-list");
  place.classList.add("bl-find--live");

  function close() {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(number) {
    at = number;
    Array.prototype.forEach.call(list.children, function (one, n) {
      one.setAttribute("aria-selected", n === at ? "true" : "false");
    });
    if (at < 0) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function choose(number) {
    var one = found[number];
    input.value = one.name;
    pick.value = one.key;
    status.textContent = one.name;
    close();
  }

  function show() {
    list.textContent = "";
    found.forEach(function (one, n) {
      var item = document.createElement("li");
      item.id = "f-list-" + n;
      item.className = "bl-find__item";
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.textContent = one.name;
      item.addEventListener("mousedown", function (event) { event.preventDefault(); choose(n); });
      list.appendChild(item);
    });
    at = -1;
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", found.length ? "true" : "false");
    status.textContent = found.length
      ? place.getAttribute("data-found").replace("[n]", found.length) : place.getAttribute("data-none");
  }

  function look() {
    var text = input.value.trim(), mine = ++asked;
    if (text.length < 2) { found = []; close(); status.textContent = ""; return; }
    fetch(place.getAttribute("data-devices") + "?q=" + encodeURIComponent(text), { credentials: "same-origin" })
      .then(function (answer) { return answer.json(); })
      .then(function (told) { if (mine === asked) { found = told.found; show(); } })
      .catch(function () { close(); });
  }

  input.addEventListener("input", function () {
    pick.value = "";
    window.clearTimeout(timer);
    timer = window.setTimeout(look, 250);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", function (event) {
    var open = !list.hidden, last = found.length - 1;
    if (event.key === "ArrowDown" && found.length) {
      event.preventDefault();
      if (!open) { show(); }
      mark(at >= last ? 0 : at + 1);
    } else if (event.key === "ArrowUp" && open) {
      event.preventDefault();
      mark(at <= 0 ? last : at - 1);
    } else if (event.key === "Enter" && open && at >= 0) {
      event.preventDefault();
      choose(at);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      close();
    }
  });
})();
