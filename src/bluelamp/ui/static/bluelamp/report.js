/* Pages of the journey: leaving, the time limit, the error summary, one click on "send". All of it works without. */
(function () {
  "use strict";

  /* Leaving: cover the page at once, clear what the browser holds, tell the server, go. */
  var box = document.querySelector("[data-leave]");
  var leaving = false;

  function cover() {
    if (document.querySelector(".bl-cover")) { return; }
    var sheet = document.createElement("div");
    sheet.className = "bl-cover";
    sheet.setAttribute("role", "alert");
    sheet.textContent = box ? box.getAttribute("data-loading") : "";
    document.body.appendChild(sheet);
    document.documentElement.classList.add("bl-covered");
    document.title = "\u2026";
  }

  function quietly(task) {
    try { return Promise.resolve(task()).catch(function () {}); } catch (_e) { return Promise.resolve(); }
  }

  function clearBrowser() {
    quietly(function () { window.localStorage.clear(); });
    quietly(function () { window.sessionStorage.clear(); });
    return Promise.all([
      quietly(function () {
        return navigator.serviceWorker && navigator.serviceWorker.getRegistrations().then(function (found) {
          return Promise.all(found.map(function (one) { return one.unregister(); }));
        });
      }),
      quietly(function () {
        return window.caches && caches.keys().then(function (names) {
          return Promise.all(names.map(function (name) { return caches.delete(name); }));
        });
      }),
      quietly(function () {
        return window.indexedDB && indexedDB.databases && indexedDB.databases().then(function (found) {
          found.forEach(function (one) { indexedDB.deleteDatabase(one.name); });
        });
      })
    ]);
  }

  function tellServer() {
    return quietly(function () {
      return fetch(box.getAttribute("data-leave"), { method: "POST", keepalive: true, credentials: "same-origin" });
    });
  }

  function leave() {
    if (leaving) { return; }
    leaving = true;
    cover();
    var gone = false;
    function go() {
      if (gone) { return; }
      gone = true;
      window.location.replace(box.getAttribute("data-site"));
    }
    if (!window.Promise || !window.fetch) {
      window.location.replace(box.getAttribute("data-leave"));
      return;
    }
    /* Nobody waits for a slow network: the message to the server outlives the page. */
    window.setTimeout(go, 400);
    Promise.all([clearBrowser(), tellServer()]).then(go);
  }

  /* Shift three times within five seconds, not as part of another key. */
  function listen() {
    var times = [], alone = false, timer;
    var status = document.createElement("div");
    status.className = "govuk-visually-hidden";
    status.setAttribute("role", "status");
    box.appendChild(status);
    var words = box.getAttribute("data-press").split("|");
    document.addEventListener("keydown", function (event) {
      alone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat;
      if (event.key !== "Shift") { times = []; status.textContent = ""; }
    });
    document.addEventListener("keyup", function (event) {
      if (event.key !== "Shift" || !alone || leaving) { return; }
      var now = Date.now();
      times = times.filter(function (at) { return now - at < 5000; });
      times.push(now);
      status.textContent = words[times.length - 1];
      window.clearTimeout(timer);
      if (times.length >= 3) { leave(); return; }
      timer = window.setTimeout(function () { times = []; status.textContent = box.getAttribute("data-over"); }, 5000);
    });
  }

  if (box) {
    listen();
    Array.prototype.forEach.call(document.querySelectorAll("[data-exit]"), function (link) {
      link.addEventListener("click", function (event) { event.preventDefault(); leave(); });
    });
  }
  /* A page that the browser kept whole is not shown again before the server was asked. */
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) { return; }
    cover();
    if (leaving && box) { window.location.replace(box.getAttribute("data-site")); } else { window.location.reload(); }
  });

  /* The error summary is read first. */
  var summary = document.querySelector("[data-summary]");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", function (event) {
      var link = event.target.closest ? event.target.closest("a[href^='#']") : null;
      var field = link && document.getElementById(link.getAttribute("href").slice(1));
      if (field) { event.preventDefault(); field.focus(); field.scrollIntoView({ block: "center" }); }
    });
  }

  /* One press is enough. The server takes a second one for the same, too. */
  var once = document.querySelector("form[data-once]");
  if (once) {
    once.addEventListener("submit", function (event) {
      if (once.getAttribute("data-pressed")) { event.preventDefault(); }
      once.setAttribute("data-pressed", "1");
      window.setTimeout(function () { once.removeAttribute("data-pressed"); }, 5000);
    });
  }

  /* The time limit: a word five minutes before, more time with any action. */
  var limit = document.querySelector("[data-seconds]");
  if (limit && window.fetch) {
    var ends = Date.now() + Number(limit.getAttribute("data-seconds")) * 1000;
    var told = Date.now(), warned = false;
    var live = document.createElement("div");
    live.setAttribute("role", "alert");
    limit.appendChild(live);
    var token = document.querySelector("input[name='csrfmiddlewaretoken']");

    var stay = function () {
      told = Date.now();
      fetch(limit.getAttribute("data-on"), {
        method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token ? token.value : "" }
      }).then(function (answer) { return answer.json(); }).then(function (left) {
        ends = Date.now() + left.seconds * 1000;
        if (left.seconds > 300 && warned) {
          warned = false;
          limit.classList.remove("bl-timeout--shown");
          live.textContent = limit.getAttribute("data-stayed");
        }
      }).catch(function () {});
    };
    ["keydown", "click", "input"].forEach(function (name) {
      document.addEventListener(name, function () { if (Date.now() - told > 60000) { stay(); } });
    });
    window.setInterval(function () {
      var left = ends - Date.now();
      if (left <= 0 && !leaving) {
        cover();
        window.location.replace(limit.getAttribute("data-away"));
      } else if (left <= 300000 && !warned) {
        warned = true;
        live.textContent = "";
        var text = document.createElement("p");
        text.className = "govuk-body";
        text.textContent = limit.getAttribute("data-text");
        var button = document.createElement("button");
        button.type = "button";
        button.className = "govuk-button govuk-button--secondary";
        button.textContent = limit.getAttribute("data-stay");
        button.addEventListener("click", stay);
        live.appendChild(text);
        live.appendChild(button);
        limit.classList.add("bl-timeout--shown");
      }
    }, 1000);
  }
})();
