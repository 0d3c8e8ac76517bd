// The part of the flow that is about the list of reports on this device, and its PIN.

import { Sending } from "./sending.js";

/** What `Flow` is built on; its fields and pages are that one's. */
export class Listing extends Sending {
  open = async (id) => {
    this.draft = await this.store.get(id);
    this.kept = true;
    if (!this.draft || this.draft.broken || this.draft.state === "sent") return this.home();
    return this.next();
  };

  /** Take a waiting report back to change it; what is half changed is not sent. */
  change = async (id) => {
    const draft = await this.store.get(id);
    if (draft?.state === "waiting" && this.sending !== id) await this.store.put({ ...draft, state: "writing", changed: Date.now() });
    return this.open(id);
  };

  showSent = async (id) => {
    this.draft = await this.store.get(id);
    this.kept = true;
    return this.draft ? this.visit("sent") : this.home();
  };

  askDelete = (id) => this.visit("delete", id);

  remove = async (id) => {
    if (this.kept || this.store) await this.store?.remove(id);
    if (this.draft?.id === id) this.draft = null;
    return this.home();
  };

  unlock = async (pin) => {
    try {
      await this.store.unlock(pin);
    } catch (error) {
      return error.code === "gone" ? this.start() : this.draw({ wrong: true });
    }
    if (this.draft && this.kept) await this.put();
    await this.home();
    return this.flush(true);
  };

  tryPin = (pin, wrong) => (wrong ? this.draw({ wrong }) : this.setPin(pin));

  setPin = async (pin) => {
    await this.store.setPin(pin).catch((error) => this.note(error));
    return this.home();
  };

  wipe = () => this.leave();
}
