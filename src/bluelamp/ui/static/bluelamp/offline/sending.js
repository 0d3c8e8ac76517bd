// The part of the flow that sends: from the device's queue, or a report that is in memory only.

import { payload, settled } from "./draft.js";
import { askToBeWoken, post, sendWaiting } from "./queue.js";
import { currentLanguage, speak, text } from "./text.js";

/** What `Flow` is built on; its fields and pages are that one's. */
export class Sending {
  send = async () => (this.kept ? this.sendKept(this.draft) : this.sendOpen());

  sendNow = async (id) => this.sendKept(await this.store.get(id));

  async sendKept(draft) {
    this.draft = { ...draft, state: "waiting", next: 0, problems: [], changed: Date.now() };
    if (!(await this.put()) || !this.kept) return this.sendOpen();
    await this.flush(true);
    this.draft = (await this.store.get(draft.id)) || this.draft;
    if (this.draft.state === "sent") return this.visit("sent");
    if (this.draft.state === "refused") return this.next();
    return this.visit("list", "", { notice: navigator.onLine ? "check_later" : "check_offline" });
  }

  /** Send a report that is not on the device. */
  async sendOpen() {
    const outcome = navigator.onLine ? await post(this.at.send, payload(this.shelf, this.draft, currentLanguage())) : { kind: "later" };
    await this.learn(outcome);
    this.draft = settled(this.draft, outcome, Date.now());
    if (outcome.kind === "sent") return this.visit("sent");
    return outcome.kind === "refused" ? this.next() : this.draw({ notice: "memory_waiting" });
  }

  /** Send what waits. `force`: now, whatever was tried before. */
  async flush(force) {
    if (!navigator.onLine) return askToBeWoken();
    if (this.draft && !this.kept && this.draft.state === "waiting" && (force || this.draft.next <= Date.now())) await this.sendOpen();
    if (!this.store?.key) return;
    const outcomes = [];
    try {
      await sendWaiting({
        store: this.store, shelf: this.shelf, language: currentLanguage(), address: this.at.send, force, now: Date.now,
        onSend: (id) => { this.sending = id; },
        onOutcome: (outcome) => { outcomes.push(outcome); return this.learn(outcome); },
      });
    } catch (error) {
      this.note(error);
    }
    this.sending = "";
    if (outcomes.length && this.screen.name === "list") await this.redraw();
    // In words, too, for those who do not see the list change.
    const told = { sent: "state_sent", refused: "state_refused" };
    const news = outcomes.filter(({ kind }) => told[kind]).map(({ kind, reference }) => text(told[kind], { reference: reference || "" }));
    if (news.length) this.tell(news.join(". "));
  }

  /** The server has other questions than this page: take them, so that what it asks for can be shown. */
  async learn(outcome) {
    const { questions } = outcome;
    if (!questions || questions === this.version || !/^[0-9a-f]{16}$/.test(questions)) return;
    const response = await fetch(this.at.questions.replace(this.version, questions)).catch(() => null);
    if (!response?.ok) return;
    this.shelf = await response.json();
    this.version = questions;
    speak(this.shelf, currentLanguage());
    this.worker?.update().catch(() => undefined);
  }
}
