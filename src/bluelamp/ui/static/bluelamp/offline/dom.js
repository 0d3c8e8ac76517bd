// Elements without HTML text: nothing that a person wrote is ever read as markup.

/** An element. `attributes`: `class`, `on<event>` functions, booleans, the rest as text. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const paragraph = (text) => h("p", { class: "govuk-body" }, text);
export const heading = (text) => h("h1", { class: "govuk-heading-l", tabindex: "-1", id: "heading" }, text);

export function button(text, onclick, { kind = "", hidden = "", id = null } = {}) {
  const style = kind ? ` govuk-button--${kind}` : "";
  const more = hidden ? h("span", { class: "govuk-visually-hidden" }, `: ${hidden}`) : null;
  return h("button", { type: "button", class: `govuk-button${style}`, onclick, id }, text, more);
}

export function details(title, ...content) {
  return h("details", { class: "govuk-details" },
    h("summary", { class: "govuk-details__summary" }, h("span", { class: "govuk-details__summary-text" }, title)),
    h("div", { class: "govuk-details__text" }, ...content));
}

/** The box above a page that says what to put right. `problems`: [{ sentence, target }], target an element's id or "". */
export function summary(title, problems) {
  const items = problems.map(({ sentence, target }) =>
    h("li", {}, target ? h("a", { href: `#${target}`, onclick: (event) => jump(event, target) }, sentence) : sentence));
  return h("div", { class: "govuk-error-summary", role: "alert", tabindex: "-1", id: "problems" },
    h("h2", { class: "govuk-error-summary__title" }, title),
    h("div", { class: "govuk-error-summary__body" },
      h("ul", { class: "govuk-list govuk-error-summary__list" }, items)));
}

function jump(event, target) {
  event.preventDefault();
  const element = document.getElementById(target);
  element?.focus();
  element?.scrollIntoView({ block: "center" });
}

/** Put a page in place of the one before and move the focus to its heading, or to what is wrong. */
export function show(main, title, ...content) {
  main.replaceChildren(...content.flat(9).filter(Boolean));
  document.title = `${title} – Bluelamp`;
  window.scrollTo(0, 0);
  const first = main.querySelector("#problems") || main.querySelector("#heading") || main;
  first.focus({ preventScroll: true });
}
