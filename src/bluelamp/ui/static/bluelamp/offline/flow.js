// Which page comes next, what is kept on the device, and what is sent. The rules of safety stand in `keep`.

import { h, show } from "./dom.js";
import { answer, backFrom, barredFor, newDraft, pageOf, readPage, wayOf } from "./draft.js";
import { answersOf } from "./fields.js";
import * as pages from "./pages.js";
import { Listing } from "./listing.js";
import { questionPage, told } from "./render.js";
import { keepPage, offerInstall, promised, settingsPart } from "./settings.js";
import { findStore, makeStore } from "./store.js";
import { currentLanguage, text } from "./text.js";
import { byId, flags, progress, tells } from "./walk.js";
import { wipe } from "./wipe.js";

const MOST = 20;
const TROUBLES = { full: "error_full", refused: "error_keep", gone: "error_gone" };

export class Flow extends Listing {
  constructor({ main, shelf, version, leave, tell }) {
    super();
    Object.assign(this, { main, shelf, version, leave, tell, at: main.dataset });
    this.store = null;
    this.draft = null; // the one that is open
    this.kept = false; // whether it is on the device
    this.openOnly = false; // whether somebody who may be watched chose to go on
    this.removed = false; // whether the device was cleared because of what was answered
    this.trouble = ""; // what stopped the last keeping
    Object.assign(this, { sending: "", screen: { name: "intro", arg: "" }, extra: {}, drawn: 0, install: null });
  }

  /** Look for a store (looking makes none) and show the first page. */
  async start() {
    this.store = await findStore();
    if (this.store) await this.settle();
    history.replaceState({ ...this.first() }, "");
    this.screen = this.first();
    await this.draw();
    this.flush(true);
  }

  first() {
    if (!this.store) return { name: "intro", arg: "" };
    return { name: this.store.key ? "list" : "unlock", arg: "" };
  }

  async settle() {
    await this.store.unlock().catch((error) => this.note(error));
    this.worker = await keepPage(this.at.page);
    this.promised = await promised();
    offerInstall(this.at.manifest);
  }

  // -- pages

  async visit(name, arg = "", extra = {}) {
    // What is being changed is not sent in the middle of it.
    const changing = name === "question" && arg !== "check" && this.draft.state === "waiting";
    if (changing && !this.kept) this.draft = { ...this.draft, state: "writing" };
    this.screen = { name, arg };
    history.pushState({ name, arg, draft: this.draft?.id }, "");
    await this.draw(extra);
  }

  /** The browser's own "back" and "forward": a page of another draft, or one that is over, is the list. */
  async revisit(state) {
    const over = !state || ["sent", "delete", "consent", "watched"].includes(state.name);
    const open = this.draft && state?.draft === this.draft.id && this.draft.state !== "sent" && !(this.kept && this.draft.state === "waiting");
    const other = state?.name === "question" && !open;
    this.screen = over || other ? this.first() : { name: state.name, arg: state.arg };
    await this.draw();
  }

  home = () => this.visit(this.first().name);

  async draw(extra = {}) {
    const turn = ++this.drawn;
    this.extra = extra; // kept for drawing it again in the other language
    const { name, arg } = this.screen;
    const content = await this[`${name}Screen`](arg, extra).catch((error) => this.failed(error));
    if (turn !== this.drawn) return; // another page was asked for meanwhile
    const number = this.draft && name === "question" ? wayOf(this.shelf, this.draft).asked.indexOf(arg) + 1 : 0;
    const place = number || (this.draft ? wayOf(this.shelf, this.draft).asked.length + 1 : 1);
    show(this.main, name === "question" ? text("page", { number: String(place) }) : text("title"), content);
  }

  failed(error) {
    console.error(error);
    return [h("h1", { class: "govuk-heading-l", id: "heading", tabindex: "-1" }, text("error_other"))];
  }

  introScreen = async () => pages.introPage({ act: this, address: this.at.usual, notice: this.troubleText() });
  watchedScreen = async () =>
    pages.watchedPage({ act: this, address: this.at.usual, removed: this.removed, begun: this.begun() });
  consentScreen = async () => pages.consentPage({ act: this });
  unlockScreen = async (_, { wrong }) => pages.unlockPage({ act: this, wrong });
  deleteScreen = async (id) => pages.deletePage({ act: this, draft: await this.store.get(id) });
  sentScreen = async () => pages.sentPage({ act: this, shelf: this.shelf, draft: this.draft, kept: this.kept });

  async listScreen(_, { notice, wrong }) {
    const drafts = await this.store.all();
    const hasPin = await this.store.hasPin();
    const settings = settingsPart({ act: this, hasPin, promised: this.promised, install: this.install, wrong });
    return pages.listPage({ act: this, drafts, sending: this.sending, notice: this.noticeText(notice), settings });
  }

  async questionScreen(id, { fields, problems, notice }) {
    const { shelf, draft } = this;
    const question = byId(shelf).get(id);
    const top = [this.backLink(id), this.memoryNote()];
    if (question.kind === "check") {
      const way = wayOf(shelf, draft);
      const loose = draft.problems.filter((problem) => !way.asked.includes(problem.question));
      const caption = progress(shelf, answersOf(shelf, draft), id, currentLanguage());
      const general = loose.map(({ sentence }) => ({ sentence, target: "" }));
      return [top, pages.checkPage({ act: this, shelf, draft, problems: general, notice: this.noticeText(notice), caption })];
    }
    const typed = fields || draft.fields[id] || {};
    const wrong = (problems || draft.problems.filter((p) => p.question === id)).map((p) => told(question, p, typed));
    const submit = (sent) => this.submit(id, sent);
    return [top, questionPage({ shelf, draft, question, fields: typed, problems: wrong, submit })];
  }

  backLink(id) {
    const before = backFrom(this.shelf, this.draft, id);
    const go = (event) => {
      event.preventDefault();
      if (before) this.visit("question", before);
      else this.home();
    };
    return h("a", { class: "govuk-back-link", href: this.at.page, onclick: go, id: "back" }, text("back"));
  }

  memoryNote() {
    const words = this.troubleText() || (this.begun() && !this.kept ? text("memory_note") : "");
    return words ? h("p", { class: "bl-offline" }, words) : null;
  }

  begun = () => Boolean(this.draft) && this.draft.state !== "sent" && Object.keys(this.draft.fields).length > 2;
  noticeText = (key) => (key ? text(key, { most: String(MOST) }) : this.troubleText());
  troubleText = () => (this.trouble ? text(this.trouble) : "");

  // -- answering

  begin = async () => {
    if (this.store && (await this.store.all()).length >= MOST) {
      return this.draw({ notice: "too_many" });
    }
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    const key = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    this.draft = newDraft({ id: crypto.randomUUID(), key, now: Date.now() });
    Object.assign(this, { kept: false, removed: false, openOnly: false, trouble: "" });
    return this.next();
  };

  next = (extra = {}) => this.visit("question", pageOf(this.shelf, this.draft), extra);
  question = (id) => this.visit("question", id);

  /** Somebody who may be watched goes on here: this page holds the report, and nothing else does. */
  goOn = () => {
    this.openOnly = true;
    return this.next();
  };

  async submit(id, fields) {
    const question = byId(this.shelf).get(id);
    const now = Date.now();
    const found = tells(question) ? { draft: readPage(this.shelf, this.draft, id, now), problems: [] }
      : answer(this.shelf, this.draft, id, fields, now);
    if (found.problems.length) {
      return this.draw({ fields, problems: found.problems });
    }
    this.draft = found.draft;
    return (await this.keep()) && this.next();
  }

  /** Keep the draft where that is safe (RED-LINES 8). False where another page was shown instead of the next. */
  async keep() {
    if (flags(this.shelf, answersOf(this.shelf, this.draft)).has("watched")) {
      await this.clearDevice();
      if (this.openOnly) return true;
      await this.visit("watched");
      return false;
    }
    if (barredFor(this.shelf, this.draft).has("draft")) {
      if (this.kept) await this.store.remove(this.draft.id).catch((error) => this.note(error));
      this.kept = false;
      return true;
    }
    if (!this.store && this.trouble) return true; // it was removed under our feet: go on in memory
    if (!this.store) {
      await this.visit("consent");
      return false;
    }
    return this.put();
  }

  async put() {
    try {
      const held = await this.store.get(this.draft.id);
      if (held?.state === "sent") {
        // Sent meanwhile, by this page or in another tab: what was changed since stays to be read.
        const { fields, seen, days } = this.draft;
        this.draft = { ...held, fields, seen, days, differs: true };
        await this.store.put(this.draft);
        await this.visit("sent");
        return false;
      }
      await this.store.put(this.draft);
      this.kept = true;
      this.trouble = "";
    } catch (error) {
      this.note(error);
      if (error.code === "locked") {
        await this.visit("unlock");
        return false;
      }
      this.kept = false;
    }
    return true;
  }

  note(error) {
    if (error.code === "locked") return;
    this.trouble = TROUBLES[error.code] || "error_keep";
    if (error.code === "gone") this.store = null;
  }

  async clearDevice() {
    this.removed = this.removed || Boolean(this.store);
    this.kept = false;
    if (!this.store) return;
    this.wiping = true; // our own word to other tabs is not for us
    this.store.close();
    this.store = null;
    document.querySelector("link[rel=manifest]")?.remove();
    await wipe();
    setTimeout(() => { this.wiping = false; }, 500);
  }

  onlyMe = async () => {
    try {
      this.store = await makeStore(Date.now());
      await this.settle();
    } catch (error) {
      this.note(error);
      return this.next();
    }
    return (await this.put()) && this.next();
  };

  othersToo = () => this.visit("watched");

  /** The reports of the list anew: the focus stays, and so does what is being typed below. */
  async redraw() {
    const old = this.main.querySelector(".bl-waiting");
    if (!old) return this.draw();
    const focused = document.activeElement?.id;
    const fresh = h("div", {}, await this.listScreen("", {}));
    this.main.querySelector(".govuk-inset-text")?.remove();
    old.replaceWith(fresh.querySelector(".bl-waiting") || "");
    return document.getElementById(focused)?.focus();
  }
}
