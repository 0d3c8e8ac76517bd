// The page that works without a connection: its start, its frame, and every way to leave it.

import { h } from "./dom.js";
import { Flow } from "./flow.js";
import { unablePage } from "./pages.js";
import { collect } from "./render.js";
import { able, NAME } from "./store.js";
import { currentLanguage, speak, text } from "./text.js";
import { wipe } from "./wipe.js";

const main = document.getElementById("main-content");
const connection = document.getElementById("connection");
const exit = document.getElementById("exit");
let flow = null;
let leaving = false;

/** Cover the page at once, clear what the browser holds of this site, go where nothing tells. */
async function leave() {
  if (leaving) return;
  leaving = true;
  document.body.append(h("div", { class: "bl-cover" }));
  document.title = "…";
  flow?.store?.close();
  await wipe();
  location.replace(navigator.onLine ? exit.href : "about:blank");
}

/** Shift three times within five seconds, not as a part of another key. */
function listenForShift() {
  let times = [];
  let alone = false;
  addEventListener("keydown", (event) => {
    alone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.key !== "Shift") times = [];
  });
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    times = [...times.filter((at) => event.timeStamp - at < 5000), event.timeStamp];
    if (times.length >= 3) leave();
  });
}

function tellConnection(back) {
  if (!navigator.onLine) connection.replaceChildren(h("p", { class: "bl-offline", id: "no-connection" }, text("offline")));
  else connection.replaceChildren(...(back ? [h("p", { class: "bl-offline" }, text("online"))] : []));
  if (back) setTimeout(() => navigator.onLine && connection.replaceChildren(), 8000);
}

const tell = (words) => connection.replaceChildren(h("p", { class: "bl-offline" }, words));

/** The frame's words in the chosen language, and which language that is. */
function frame() {
  document.documentElement.lang = currentLanguage();
  exit.parentElement.setAttribute("aria-label", text("exit"));
  document.querySelectorAll("[data-text]").forEach((element) => { element.textContent = text(element.dataset.text); });
  const nav = document.getElementById("languages");
  nav.setAttribute("aria-label", text("language"));
  const names = { en: "English", cy: "Cymraeg" };
  const item = (code) => h("li", {}, code === currentLanguage()
    ? h("span", { "aria-current": "true", lang: code }, names[code])
    : h("a", { href: main.dataset.page, lang: code, hreflang: code, id: "other-language", onclick: (event) => change(event, code) }, names[code]));
  nav.querySelector("ul").replaceChildren(item("en"), item("cy"));
}

/** Go on in the other language; what is being typed stays. */
async function change(event, code) {
  event.preventDefault();
  const form = main.querySelector("form.bl-question");
  const fields = form ? collect(form, null) : undefined;
  speak(flow.shelf, code);
  frame();
  tellConnection(false);
  await flow.draw({ ...flow.extra, ...(fields ? { fields } : {}) });
  document.getElementById("other-language").focus();
}

function listen() {
  addEventListener("popstate", (event) => flow.revisit(event.state));
  addEventListener("online", () => { tellConnection(true); flow.flush(true); });
  addEventListener("offline", () => tellConnection(false));
  addEventListener("visibilitychange", () => document.visibilityState === "visible" && flow.flush(false));
  // A page that the browser kept whole is made anew: it may show what was cleared.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    flow.install = () => event.prompt();
  });
  navigator.serviceWorker?.addEventListener("message", (event) => event.data === "send" && flow.flush(true));
  // Somebody left in another tab: nothing stays on view here.
  if (globalThis.BroadcastChannel) {
    new BroadcastChannel(NAME).addEventListener("message", () => flow.wiping || leave());
  }
  setInterval(() => flow.flush(false), 15_000);
}

async function start() {
  exit.addEventListener("click", (event) => { event.preventDefault(); leave(); });
  listenForShift();
  const { questions, language, usual } = main.dataset;
  const response = await fetch(questions, { credentials: "omit" });
  if (!response.ok) throw new Error(`the questions: ${response.status}`);
  const shelf = await response.json();
  speak(shelf, language);
  frame();
  tellConnection(false);
  if (!able()) {
    main.replaceChildren(...unablePage({ address: usual }).flat(9));
    return;
  }
  flow = new Flow({ main, shelf, version: questions.match(/questions\.(\w+)\.json/)[1], leave, tell });
  listen();
  await flow.start();
}

start().catch((error) => console.error(error)); // the explanation and the way to the usual report stay
