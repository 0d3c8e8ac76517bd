// The pages around the questions. Each makes its elements from what it is given; `act` are the functions of app.js.

import { button, details, h, heading, paragraph, summary } from "./dom.js";
import { shown } from "./fields.js";
import { wayOf } from "./draft.js";
import { currentLanguage, moment, phrase, text } from "./text.js";
import { byId } from "./walk.js";

const usual = (address) => h("p", { class: "govuk-body" }, h("a", { class: "govuk-link", href: address }, text("usual")));

export function introPage({ act, address, notice }) {
  return [note(notice), heading(text("heading")), text("intro").map(paragraph),
    h("div", { class: "govuk-button-group" }, button(text("begin"), act.begin, { id: "begin" })), usual(address)];
}

export function unablePage({ address }) {
  return [heading(text("heading")), paragraph(text("unable")), usual(address)];
}

export function watchedPage({ act, address, removed, begun }) {
  const leave = h("a", { class: "govuk-button", href: address, id: "usual", role: "button", draggable: "false" }, text("usual"));
  return [heading(text("watched_heading")), removed ? paragraph(text("removed_others")) : null,
    text("watched_body").map(paragraph), leave,
    begun ? [paragraph(text("memory_note")), button(text("go_on"), act.goOn, { kind: "secondary", id: "go-on" })] : null];
}

export function consentPage({ act }) {
  return [heading(text("consent_heading")), text("consent_body").map(paragraph),
    h("div", { class: "govuk-button-group" },
      button(text("only_me"), act.onlyMe, { id: "only-me" }),
      button(text("others_too"), act.othersToo, { kind: "secondary", id: "others-too" }))];
}

export function unlockPage({ act, wrong }) {
  const form = h("form", {
    novalidate: true, autocomplete: "off",
    onsubmit: (event) => { event.preventDefault(); act.unlock(form.elements.pin.value); },
  },
  h("div", { class: `govuk-form-group${wrong ? " govuk-form-group--error" : ""}` },
    h("label", { class: "govuk-label", for: "pin" }, text("unlock_label")),
    wrong ? h("p", { class: "govuk-error-message", id: "pin-error" }, text("pin_wrong")) : null,
    h("input", {
      class: "govuk-input govuk-input--width-10", id: "pin", name: "pin", type: "password", autocomplete: "off",
      "aria-describedby": wrong ? "pin-error" : null,
    })),
  h("button", { type: "submit", class: "govuk-button", id: "unlock" }, text("unlock")));
  const box = wrong ? summary(phrase("problem"), [{ sentence: text("pin_wrong"), target: "pin" }]) : null;
  return [box, heading(text("unlock_heading")), form, button(text("forgot"), act.wipe, { kind: "warning", id: "forgot" })];
}

export function listPage({ act, drafts, sending, notice, settings }) {
  const items = drafts.map((draft) => listed(draft, act, sending));
  return [note(notice), heading(text("list_heading")),
    drafts.length ? h("ul", { class: "bl-waiting" }, items) : paragraph(text("list_empty")),
    button(text("new"), act.begin, { id: "new" }), settings];
}

function listed(draft, act, sending) {
  const when = draft.broken ? "" : moment(draft.begun);
  const one = (key, action, kind = "secondary") =>
    button(text(key), () => action(draft.id), { kind, hidden: when && text("about_report", { when }), id: `${key}-${draft.id}` });
  const state = draft.broken ? "broken" : sending === draft.id ? "sending" : draft.state;
  const actions = {
    writing: () => [one("go_on", act.open, ""), one("delete", act.askDelete)],
    waiting: () => [one("send_now", act.sendNow, ""), one("change", act.change), one("delete", act.askDelete)],
    refused: () => [one("see_problems", act.open, ""), one("delete", act.askDelete)],
    sent: () => [one("show", act.showSent, ""), one("delete", act.askDelete)],
    broken: () => [one("delete", act.askDelete)],
    sending: () => [],
  };
  return h("li", { class: "bl-waiting__item", "data-state": state },
    h("h2", { class: "govuk-heading-s bl-waiting__title" }, when ? text("begun", { when }) : text("state_broken")),
    when ? h("p", { class: "govuk-body bl-waiting__state" }, text(`state_${state}`, { reference: draft.reference || "" })) : null,
    h("div", { class: "govuk-button-group" }, actions[state]()));
}

export function deletePage({ act, draft }) {
  const words = draft.state === "sent" ? ["delete_sent"] : ["delete_body", ...(draft.maybeSent ? ["delete_maybe"] : [])];
  return [heading(text("delete_heading")), draft.broken ? null : paragraph(text("begun", { when: moment(draft.begun) })),
    words.map((key) => paragraph(text(key))),
    h("div", { class: "govuk-button-group" },
      button(text("delete_yes"), () => act.remove(draft.id), { kind: "warning", id: "delete-yes" }),
      button(text("delete_no"), act.home, { kind: "secondary", id: "delete-no" }))];
}

/** Check answers. `notice`: what became of the last try to send it. */
export function checkPage({ act, shelf, draft, problems, notice, caption }) {
  const question = byId(shelf).get("check");
  const words = question[currentLanguage()];
  const box = problems.length ? summary(text("refused_heading"), problems) : null;
  return [box, note(notice), h("p", { class: "govuk-caption-l" }, caption), heading(words.label),
    (words.body || []).map(paragraph), answers({ act, shelf, draft }),
    button(phrase("send"), act.send, { id: "send" })];
}

function answers({ act, shelf, draft }) {
  const language = currentLanguage();
  const asked = wayOf(shelf, draft).asked.filter((id) => draft.fields[id]);
  const rows = asked.map((id) => {
    const question = byId(shelf).get(id);
    const label = question[language].label;
    const lines = shown(shelf, question, draft.fields[id], language).map((line) => h("div", {}, line));
    const change = act && h("dd", { class: "govuk-summary-list__actions" },
      h("button", { type: "button", class: "bl-linkbutton", id: `change-${id}`, onclick: () => act.question(id) },
        phrase("change"), h("span", { class: "govuk-visually-hidden" }, `: ${label}`)));
    return h("div", { class: "govuk-summary-list__row" }, h("dt", { class: "govuk-summary-list__key" }, label),
      h("dd", { class: "govuk-summary-list__value" }, lines), change);
  });
  return h("dl", { class: "govuk-summary-list" }, rows);
}

export function sentPage({ act, shelf, draft, kept }) {
  const words = draft.words.length
    ? [h("h2", { class: "govuk-heading-m" }, text("sent_words")),
      h("ol", { class: "bl-recovery", translate: "no", lang: "en" }, draft.words.map((word) => h("li", {}, word))),
      paragraph(text("sent_note"))]
    : [paragraph(text("sent_no_words"))];
  return [heading(text("sent_heading")),
    h("h2", { class: "govuk-heading-m" }, text("sent_reference")),
    h("p", { class: "govuk-body bl-reference", translate: "no" }, draft.reference), words, paragraph(text("sent_next")),
    draft.differs ? [h("p", { class: "govuk-inset-text" }, text("sent_differs")), details(text("what_changed"), answers({ shelf, draft }))] : null,
    h("div", { class: "govuk-button-group" },
      button(text(kept ? "sent_remove" : "sent_remove_open"), () => act.remove(draft.id), { id: "noted" }),
      kept ? button(text("to_list"), act.home, { kind: "secondary", id: "to-list" }) : null)];
}

function note(words) {
  return words ? h("div", { class: "govuk-inset-text", role: "status" }, words) : null;
}
