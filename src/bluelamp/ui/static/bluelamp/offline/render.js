// One question a page, with the markup of the usual journey: one heading, a legend or label, hint, fields, two ways on.

import { heading, h, summary } from "./dom.js";
import { currentLanguage, phrase, sentence, text } from "./text.js";
import { advising, chooses, progress, tells } from "./walk.js";
import { answersOf } from "./fields.js";

const DATE_PARTS = [["day", 2], ["month", 2], ["year", 4]];

/** The fields of a page as they are: by name a list of texts. `submitter` is the button that was pressed. */
export function collect(form, submitter) {
  if (submitter?.name === "unsure") return { unsure: ["1"] };
  if (submitter?.name === "skip") return {};
  const found = {};
  for (const [name, value] of new FormData(form)) (found[name] ||= []).push(String(value));
  return found;
}

/** A problem of a page with its sentence and the element that the sentence leads to. */
export function told(question, problem, fields) {
  const typed = (fields.value || []).reduce((most, value) => Math.max(most, [...value].length), 0);
  const values = { limit: question.limit.toLocaleString("en"), length: typed.toLocaleString("en"), most: "100" };
  const words = problem.sentence || sentence(question, problem.code, values);
  return { field: problem.field, sentence: words, target: problem.field ? `field-${problem.field}` : "" };
}

/** The page of a question. `problems` are those of `told`; `submit(fields)` is called when it is sent off. */
export function questionPage({ shelf, draft, question, fields, problems, submit }) {
  const language = currentLanguage();
  const words = question[language];
  const answers = answersOf(shelf, draft);
  const caption = h("p", { class: "govuk-caption-l" }, progress(shelf, answers, question.id, language));
  const box = problems.length ? summary(phrase("problem"), problems) : null;
  if (tells(question)) return [box, caption, heading(words.label), ...body(words), advice(shelf, question, answers), goOn(submit)];
  const form = h("form", {
    novalidate: true, autocomplete: "off", class: "bl-question",
    onsubmit: (event) => { event.preventDefault(); submit(collect(form, event.submitter)); },
  }, asked({ question, words, fields, problems }), buttons(question, words));
  return [box, caption, form, why(shelf, question, words)];
}

function body(words) {
  return (words.body || []).map((paragraph) => h("p", { class: "govuk-body" }, paragraph));
}

function advice(shelf, question, answers) {
  const language = currentLanguage();
  const { topics, abuse_safe: safe } = advising(shelf, question, answers);
  const texts = topics.flatMap((topic) => shelf.advice[topic] || []).map((found) => found[language]);
  const parts = texts.map((one) => [
    h("h2", { class: "govuk-heading-m" }, one.title),
    h("ol", { class: "govuk-list govuk-list--number bl-steps" }, (safe ? one.safe : one.steps).map((step) => h("li", {}, step))),
  ]);
  if (question.helplines || (safe && topics.length)) parts.push(helplines(shelf.helplines[language]));
  return parts.flat();
}

function helplines(lines) {
  const items = lines.map((line) => h("li", {}, `${line.name}: ${line.number} `, h("span", { class: "bl-quiet" }, line.who)));
  return [h("h2", { class: "govuk-heading-m" }, text("helplines")), h("ul", { class: "govuk-list govuk-list--bullet" }, items)];
}

function goOn(submit) {
  const press = () => submit({});
  return h("button", { type: "button", class: "govuk-button", onclick: press, id: "continue" }, phrase("continue"));
}

function buttons(question, words) {
  const second = (name, label) =>
    h("button", { type: "submit", class: "govuk-button govuk-button--secondary", name, value: "1" }, label);
  return h("div", { class: "govuk-button-group bl-buttons" },
    h("button", { type: "submit", class: "govuk-button", id: "continue" }, phrase("continue")),
    chooses(question) ? null : second("unsure", words.not_sure || phrase("not-sure")),
    question.optional ? second("skip", phrase("skip")) : null);
}

function why(shelf, question, words) {
  const one = (title, content) => h("details", { class: "govuk-details" },
    h("summary", { class: "govuk-details__summary" }, h("span", { class: "govuk-details__summary-text" }, title)),
    h("div", { class: "govuk-details__text" }, content));
  const kept = shelf.retentions[question.retention][currentLanguage()];
  return [one(phrase("why"), words.why), one(phrase("kept"), kept)];
}

function asked(page) {
  const { kind } = page.question;
  if (chooses(page.question)) return choices(page);
  if (kind === "date") return dateGroup(page, "", true);
  if (kind === "dates") {
    return [titled(page), dateGroup(page, "first-", false), dateGroup(page, "last-", false)];
  }
  if (kind === "device") return [titled(page), devices(page)];
  if (kind === "contact" && page.question.fields.length > 1) {
    return [titled(page), page.question.fields.map((field) => input(page, field, text(field)))];
  }
  return single(page);
}

const optional = (question) => (question.optional ? ` ${phrase("optional")}` : "");
const hint = (words) => (words.hint ? h("div", { class: "govuk-hint", id: "hint" }, words.hint) : null);

function titled({ question, words }) {
  return [heading(words.label + optional(question)), hint(words)];
}

function errors(problems, field) {
  const found = problems.filter((problem) => problem.field === field);
  if (found.length === 0) return null;
  return h("p", { class: "govuk-error-message", id: `error-${field}` },
    h("span", { class: "govuk-visually-hidden" }, phrase("error-prefix")), found.map((problem) => problem.sentence).join(" "));
}

function group(wrong, ...content) {
  return h("div", { class: `govuk-form-group${wrong ? " govuk-form-group--error" : ""}` }, ...content);
}

function described(words, wrong, field) {
  return [words.hint ? "hint" : "", wrong ? `error-${field}` : ""].filter(Boolean).join(" ") || null;
}

function legend({ question, words }) {
  return h("legend", { class: "govuk-fieldset__legend govuk-fieldset__legend--l" },
    h("h1", { class: "govuk-fieldset__heading", id: "heading", tabindex: "-1" }, words.label + optional(question)));
}

function choices(page) {
  const { question, words, fields, problems } = page;
  const many = question.kind === "choices";
  const name = many ? "checkboxes" : "radios";
  const wrong = errors(problems, "value");
  const picked = fields.unsure ? ["not-sure"] : fields.value || [];
  const option = (code, label, more, place) => h("div", { class: `govuk-${name}__item` },
    h("input", {
      class: `govuk-${name}__input`, type: many ? "checkbox" : "radio", name: "value", value: code,
      id: place ? `field-value-${place}` : "field-value", checked: picked.includes(code),
      "aria-describedby": more ? `hint-${code}` : null,
    }),
    h("label", { class: `govuk-label govuk-${name}__label`, for: place ? `field-value-${place}` : "field-value" }, label),
    more ? h("div", { class: `govuk-hint govuk-${name}__hint`, id: `hint-${code}` }, more) : null);
  const items = question.options.map((code, place) => option(code, words.options[code], words.option_hints?.[code], place));
  const last = option("not-sure", words.not_sure || phrase("not-sure"), null, question.options.length);
  return group(wrong, h("fieldset", { class: "govuk-fieldset", "aria-describedby": described(words, wrong, "value") },
    legend(page), hint(words), wrong, h("div", { class: `govuk-${name}` }, items, last)));
}

function dateGroup(page, prefix, alone) {
  const { question, words, fields, problems } = page;
  const names = DATE_PARTS.map(([part]) => prefix + part);
  const messages = names.map((name) => errors(problems, name)).filter(Boolean);
  const wrong = messages.length > 0;
  const parts = DATE_PARTS.map(([part, width]) => h("div", { class: "govuk-date-input__item" },
    h("label", { class: "govuk-label govuk-date-input__label", for: `field-${prefix}${part}` }, text(part)),
    h("input", {
      class: `govuk-input govuk-date-input__input govuk-input--width-${part === "month" ? 4 : width}`,
      id: `field-${prefix}${part}`, name: prefix + part, type: "text", inputmode: part === "month" ? "text" : "numeric",
      value: (fields[prefix + part] || [""])[0],
      "aria-invalid": problems.some((problem) => problem.field === prefix + part) ? "true" : null,
    })));
  const about = [alone && words.hint ? "hint" : "", ...messages.map((message) => message.id)].filter(Boolean).join(" ");
  const title = alone ? legend(page)
    : h("legend", { class: "govuk-fieldset__legend govuk-fieldset__legend--m" }, text(prefix === "first-" ? "first_day" : "last_day"));
  return group(wrong, h("fieldset", { class: "govuk-fieldset", role: "group", "aria-describedby": about || null },
    title, alone ? hint(words) : null, messages, h("div", { class: "govuk-date-input" }, parts)));
}

function single(page) {
  const { question, words } = page;
  const field = question.fields.find((name) => name !== "product");
  const label = h("h1", { class: "govuk-label-wrapper" },
    h("label", { class: "govuk-label govuk-label--l", for: `field-${field}`, id: "heading", tabindex: "-1" }, words.label + optional(question)));
  return input(page, field, label);
}

function input({ question, words, fields, problems }, field, label) {
  const wrong = errors(problems, field);
  const value = (fields[field] || [""])[0];
  const long = ["place", "numbers"].includes(question.kind) || (question.kind === "text" && question.limit > 500);
  const shared = {
    id: `field-${field}`, name: field, "aria-describedby": described(words, wrong, field), "aria-invalid": wrong ? "true" : null,
  };
  const titles = typeof label === "string" ? [h("label", { class: "govuk-label", for: `field-${field}` }, label)] : [label, hint(words)];
  const kinds = { email: "email", phone: "tel" };
  const box = long
    ? h("textarea", { ...shared, class: "govuk-textarea", rows: question.limit > 1000 ? "8" : "3" }, value)
    : h("input", { ...shared, class: "govuk-input", type: kinds[field] || "text", autocomplete: kinds[field] || "off", value });
  return group(wrong, ...titles, wrong, box);
}

function devices({ question, words, fields, problems }) {
  const typed = fields.value?.length ? fields.value : [""];
  const wrong = errors(problems, "value");
  const list = h("div", { class: "bl-devices" });
  const add = (value) => {
    const number = list.childElementCount + 1;
    const id = number === 1 ? "field-value" : `field-value-${number}`;
    list.append(h("div", { class: "govuk-form-group" },
      h("label", { class: "govuk-label", for: id }, text("device_number", { number: String(number) })),
      h("input", { class: "govuk-input", type: "text", name: "value", id, value, "aria-describedby": described(words, wrong, "value") })));
    return id;
  };
  typed.forEach(add);
  const more = h("button", {
    type: "button", class: "govuk-button govuk-button--secondary", id: "add-device",
    onclick: () => { document.getElementById(add(""))?.focus(); more.hidden = list.childElementCount >= 10; },
  }, text("add_device"));
  return group(wrong, wrong, list, more);
}
