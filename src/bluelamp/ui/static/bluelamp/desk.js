// Keys of the triage desk. Everything they do has a link or a button; the list of keys stands on the page, and a button
// there switches them off (WCAG 2.1.4). They do nothing while somebody writes or holds another key.
(function () {
  "use strict";
  var OFF = "bluelamp-desk-keys-off";
  var button = document.querySelector("[data-keys='switch']");
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-keys='rows'] tbody tr"));
  var here = -1;

  function off() {
    try { return window.localStorage.getItem(OFF) === "1"; } catch (e) { return false; }
  }

  function label() {
    if (button) { button.textContent = off() ? button.dataset.on : button.dataset.off; }
  }

  if (button) {
    button.hidden = false;
    label();
    button.addEventListener("click", function () {
      try { window.localStorage.setItem(OFF, off() ? "0" : "1"); } catch (e) { /* nothing is kept: keys stay on */ }
      label();
    });
  }

  function move(step) {
    if (!rows.length) { return; }
    if (rows[here]) { rows[here].classList.remove("bl-here"); }
    here = Math.min(Math.max(here + step, 0), rows.length - 1);
    rows[here].classList.add("bl-here");
    rows[here].querySelector("a").focus();
  }

  function press(what) {
    var found = document.querySelector("[data-keys='" + what + "']");
    if (found) { (found.querySelector("button") || found).click(); }
  }

  var acts = {
    j: function () { move(1); },
    k: function () { move(-1); },
    o: function () { if (rows[here]) { rows[here].querySelector("a").click(); } },
    a: function () { press("take"); },
    d: function () { press("decide"); },
    u: function () { press("up"); }
  };

  document.addEventListener("keydown", function (event) {
    var busy = event.target.closest("input, textarea, select, [contenteditable]");
    if (busy || event.ctrlKey || event.altKey || event.metaKey || event.repeat || off()) { return; }
    if (Object.prototype.hasOwnProperty.call(acts, event.key)) {
      event.preventDefault();
      acts[event.key]();
    }
  });
})();
