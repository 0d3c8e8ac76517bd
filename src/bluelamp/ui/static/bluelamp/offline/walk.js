// The way through the questions, as reporting/domain/conditions.py and journey.py decide it. A test runs both on the
// same answers and compares. An answer: { state: "given" | "not-sure" | "skipped", type, codes, topics, abuse_safe }.

const TYPE_OF = {
  info: "seen", check: "seen", choice: "codes", choices: "codes", text: "words", date: "when", dates: "when",
  about: "when", place: "whereabouts", device: "devices", numbers: "numbers", contact: "contact", money: "money",
};
export const EVERYTHING = ["draft", "save", "download", "message", "install"];
// RED-LINES 8. Here and not in the data: no force may loosen it.
const BARRED = { watched: EVERYTHING, abuse: ["draft", "install"], "unsafe-contact": ["message"] };

export const tells = (question) => question.kind === "info" || question.kind === "check";
export const chooses = (question) => question.kind === "choice" || question.kind === "choices";
export const typeOf = (question) => TYPE_OF[question.kind];

/** The questions by id, made once for a shelf. */
export function byId(shelf) {
  if (!shelf.byId) {
    Object.defineProperty(shelf, "byId", { value: new Map(shelf.questions.map((q) => [q.id, q])) });
  }
  return shelf.byId;
}

/** What conditions see of an answer. */
export function codesOf(answer) {
  return answer.type === "codes" ? answer.codes : [answer.state];
}

/** Whether a condition holds; null where that hangs on a question which is still open. */
export function holds(condition, codes, open) {
  if (condition.question !== undefined) {
    const held = codes.get(condition.question);
    if (held) return held.some((code) => condition.has.includes(code));
    return open.has(condition.question) ? null : false;
  }
  if (condition.not) {
    const inner = holds(condition.not, codes, open);
    return inner === null ? null : !inner;
  }
  const all = condition.all !== undefined;
  const found = (all ? condition.all : condition.any).map((part) => holds(part, codes, open));
  if (found.includes(!all)) return !all;
  return found.includes(null) ? null : all;
}

/** Whether an answer has the form that a question asks for. */
export function fits(question, answer) {
  if (answer.state === "not-sure") return !tells(question);
  if (answer.state === "skipped") return question.optional;
  if (answer.type !== typeOf(question)) return false;
  if (answer.type !== "codes") return true;
  const known = answer.codes.length > 0 && answer.codes.every((code) => question.options.includes(code));
  return known && (question.kind === "choices" || answer.codes.length === 1);
}

/** Where a person with these answers (by question id) stands: asked, next, inEffect (a Map), aside, atMost, sections. */
export function walk(shelf, answers) {
  const inEffect = new Map();
  const codes = new Map();
  const open = new Set();
  const sections = new Set();
  let next = "";
  let atMost = 0;
  for (const question of shelf.questions) {
    if (holds(question.asked_if, codes, open) === false) continue;
    sections.add(question.section);
    const answer = fitting(shelf, question, answers, inEffect);
    if (next || answer === null) {
      open.add(question.id);
      next = next || question.id;
      if (answer === null || tells(question)) atMost += 1;
    } else {
      inEffect.set(question.id, answer);
      codes.set(question.id, codesOf(answer));
    }
  }
  const aside = Object.keys(answers).filter((id) => !inEffect.has(id));
  return { asked: [...inEffect.keys()], next, inEffect, aside, atMost, sections: [...sections] };
}

/** The page that "back" leads to; "" from the first, and from a page that is not asked. */
export function before(way, id) {
  const pages = [...way.asked, way.next];
  const place = pages.indexOf(id);
  return place > 0 ? pages[place - 1] : "";
}

/** What the answers in effect say about safety: a Set of flags. */
export function flags(shelf, answers) {
  return flagsOf(shelf, walk(shelf, answers).inEffect);
}

/** What must not be done with a report: a Set. Everything, until somebody says that nobody can see the device. */
export function barred(shelf, answers) {
  const raised = flags(shelf, answers);
  if (!raised.has("private")) return new Set(EVERYTHING);
  return new Set([...raised].flatMap((flag) => BARRED[flag] || []));
}

/** The advice on a page: { topics, abuse_safe }. */
export function advising(shelf, question, answers) {
  return advisingOf(shelf, question, walk(shelf, answers).inEffect);
}

/** "Part 3 of 7: when it happened". */
export function progress(shelf, answers, id, language) {
  const way = walk(shelf, answers);
  const section = byId(shelf).get(id).section;
  const parts = way.sections.includes(section) ? way.sections : [...way.sections, section];
  const name = shelf.sections.find((s) => s.id === section).names[language];
  return shelf.phrases[language].progress
    .replace("{number}", String(parts.indexOf(section) + 1))
    .replace("{count}", String(parts.length))
    .replace("{name}", name);
}

function fitting(shelf, question, answers, inEffect) {
  const answer = Object.hasOwn(answers, question.id) ? answers[question.id] : null;
  if (!answer || !fits(question, answer)) return null;
  if (answer.type === "seen") {
    const now = advisingOf(shelf, question, inEffect);
    const other = JSON.stringify(answer.topics) !== JSON.stringify(now.topics);
    if (other || (now.abuse_safe && !answer.abuse_safe)) return null;
  }
  return answer;
}

function advisingOf(shelf, question, inEffect) {
  const source = inEffect.get(question.topics_from);
  const chosen = source ? codesOf(source) : [];
  const options = question.topics_from ? byId(shelf).get(question.topics_from).options : [];
  const named = options.filter((code) => chosen.includes(code) && shelf.crimes.includes(code));
  const topics = [...question.topics, ...named];
  if (topics.length === 0 && !question.helplines) return { topics: [], abuse_safe: false };
  const raised = flagsOf(shelf, inEffect);
  return { topics, abuse_safe: raised.has("watched") || raised.has("abuse") };
}

function flagsOf(shelf, inEffect) {
  const found = new Set();
  for (const [id, answer] of inEffect) {
    const question = byId(shelf).get(id);
    if (!chooses(question)) continue;
    for (const code of codesOf(answer)) (question.flags[code] || []).forEach((flag) => found.add(flag));
  }
  return found;
}
