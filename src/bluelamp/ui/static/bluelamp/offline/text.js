// Words: of the page itself, shared sentences and questions, in the chosen language.

let shelf = null;
let language = "en";

export function speak(newShelf, newLanguage) {
  shelf = newShelf;
  language = newLanguage === "cy" ? "cy" : "en";
}

export const currentLanguage = () => language;

/** A text of the page; a list of paragraphs stays one. */
export function text(key, values = {}) {
  return filled(shelf.texts[language][key], values);
}

/** A sentence that all pages share. */
export function phrase(key, values = {}) {
  return filled(shelf.phrases[language][key], values);
}

/** What to do about a problem of a question: its own words, or those that all share. */
export function sentence(question, code, values = {}) {
  return filled(question[language].errors?.[code] || shelf.phrases[language][code], values);
}

/** A day and time in words: "28 November 2026, 10:05". */
export function moment(milliseconds) {
  const at = new Date(milliseconds);
  const months = shelf.phrases[language].months.split(",");
  const two = (number) => String(number).padStart(2, "0");
  return `${at.getDate()} ${months[at.getMonth()]} ${at.getFullYear()}, ${two(at.getHours())}:${two(at.getMinutes())}`;
}

function filled(found, values) {
  if (typeof found !== "string") return found;
  return Object.entries(values).reduce((made, [name, value]) => made.replace(`{${name}}`, () => value), found);
}
