// What a person can change about the reports on this device: a PIN, the home screen, deleting everything.

import { button, details, h, paragraph } from "./dom.js";
import { text } from "./text.js";

const SHORTEST_PIN = 6;

/** The parts below the list. `wrong`: "" or the key of what is wrong with a new PIN. */
export function settingsPart({ act, hasPin, promised, install, wrong }) {
  const pin = details(text("pin_title"), hasPin ? withPin(act) : withoutPin(act, wrong));
  pin.open = Boolean(wrong);
  pin.id = "pin-part";
  return [pin,
    details(text("kept_title"), text("kept_body").map(paragraph), paragraph(text(promised ? "kept_promised" : "kept_maybe"))),
    details(text("install_title"), text("install_body").map(paragraph),
      install ? button(text("install_button"), install, { kind: "secondary", id: "install" }) : null),
    details(text("wipe_title"), paragraph(text("wipe_body")), button(text("wipe_button"), act.wipe, { kind: "warning", id: "wipe" }))];
}

function withPin(act) {
  return [paragraph(text("pin_set")), button(text("pin_remove"), () => act.setPin(null), { kind: "secondary", id: "remove-pin" })];
}

function withoutPin(act, wrong) {
  const field = (name, label, about) => [
    h("label", { class: "govuk-label", for: name }, text(label)),
    h("input", {
      class: "govuk-input govuk-input--width-10", id: name, name, type: "password", autocomplete: "off",
      "aria-describedby": about, "aria-invalid": wrong ? "true" : null,
    })];
  const form = h("form", {
    novalidate: true, autocomplete: "off",
    onsubmit: (event) => {
      event.preventDefault();
      const { first, second } = form.elements;
      act.tryPin(first.value, problemOf(first.value, second.value));
    },
  },
  h("div", { class: "govuk-hint", id: "pin-hint" }, text("pin_hint")),
  h("div", { class: `govuk-form-group${wrong ? " govuk-form-group--error" : ""}` },
    wrong ? h("p", { class: "govuk-error-message", id: "pin-error" }, text(wrong)) : null,
    field("first", "pin_label", wrong ? "pin-hint pin-error" : "pin-hint")),
  h("div", { class: "govuk-form-group" }, field("second", "pin_again", null)),
  h("button", { type: "submit", class: "govuk-button govuk-button--secondary", id: "set-pin" }, text("pin_save")));
  return form;
}

function problemOf(first, second) {
  if ([...first].length < SHORTEST_PIN) return "pin_short";
  return first === second ? "" : "pin_differs";
}

/** Register the service worker of this page, once only this person uses the device. */
export async function keepPage(address) {
  if (!navigator.serviceWorker) return null;
  try {
    return await navigator.serviceWorker.register(`${address}sw.js`, { scope: address, updateViaCache: "none" });
  } catch {
    return null; // the page then works while it is open, or with a connection
  }
}

/** Ask the browser once more not to remove what is kept; whether it promised. */
export async function promised() {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return false;
  }
}

/** Let the page be put on a home screen: only now does the browser hear that it can. */
export function offerInstall(manifest) {
  if (document.querySelector("link[rel=manifest]")) return;
  document.head.append(h("link", { rel: "manifest", href: manifest }));
}
