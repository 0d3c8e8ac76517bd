// From the fields of a page to what the walk needs of an answer, or to the codes of what is plainly wrong. The server
// reads the fields anew and decides; here only what nobody can mean is told at once. Compare reporting/domain/checking.py.

import { chooses, tells, typeOf } from "./walk.js";

const NOT_SURE = "not-sure";
const MISSING = { date: ["day"], dates: ["first-day", "last-day"] };

const length = (text) => [...text].length;
const texts = (fields) => Object.values(fields).flat().filter((text) => text.trim() !== "");

/** { answer, problems: [{ code, field }] }: one of them is empty. */
export function read(question, fields) {
  if ((fields.unsure || []).some(Boolean)) return given({ state: NOT_SURE });
  if (chooses(question)) return readChoice(question, fields.value || []);
  const filled = texts(fields);
  if (filled.length === 0) {
    if (question.optional) return given({ state: "skipped" });
    const kind = question.kind === "dates" ? "date" : question.kind;
    return wrong(`missing-${kind}`, ...(MISSING[question.kind] || question.fields.filter((f) => f !== "product").slice(0, 1)));
  }
  const free = ["text", "about", "place", "device"].includes(question.kind);
  if (free && filled.some((text) => length(text) > question.limit)) return wrong("too-long", "value");
  return given({ state: "given", type: typeOf(question) });
}

/** The answers of a draft as the walk wants them: fields of pages, and pages that only tell. */
export function answersOf(shelf, draft) {
  const found = {};
  for (const question of shelf.questions) {
    if (tells(question)) {
      const seen = draft.seen[question.id];
      if (seen) found[question.id] = { state: "given", type: "seen", ...seen };
    } else if (draft.fields[question.id]) {
      const { answer } = read(question, draft.fields[question.id]);
      if (answer) found[question.id] = answer;
    }
  }
  return found;
}

/** An answer in words, one text for each line. */
export function shown(shelf, question, fields, language) {
  const { answer } = read(question, fields);
  const words = question[language];
  const phrases = shelf.phrases[language];
  if (answer?.state === NOT_SURE) return [words.not_sure || phrases[NOT_SURE]];
  if (answer?.state === "skipped") return [phrases["not-provided"]];
  if (chooses(question)) return (answer?.codes || []).map((code) => words.options[code]);
  const of = (name) => (fields[name] || [""])[0].trim();
  const day = (prefix) => ["day", "month", "year"].map((part) => of(prefix + part)).join(" ");
  if (question.kind === "date") return [day("")];
  if (question.kind === "dates") return [phrases.to.replace("{first}", day("first-")).replace("{last}", day("last-"))];
  return texts(fields).flatMap((text) => text.split("\n"));
}

function readChoice(question, values) {
  const picked = new Set(values.filter(Boolean));
  if (picked.size === 0) return question.optional ? given({ state: "skipped" }) : wrong(`missing-${question.kind}`, "value");
  if (picked.size === 1 && picked.has(NOT_SURE)) return given({ state: NOT_SURE });
  const codes = question.options.filter((code) => picked.has(code));
  const known = codes.length + (picked.has(NOT_SURE) ? 1 : 0);
  if (known < picked.size) return wrong("unknown-option", "value");
  if (question.kind === "choice" && picked.size > 1) return wrong("missing-choice", "value");
  if (codes.length > 1 && question.alone.some((code) => picked.has(code))) return wrong("alone", "value");
  return given({ state: "given", type: "codes", codes });
}

const given = (answer) => ({ answer, problems: [] });
const wrong = (code, ...fields) => ({ answer: null, problems: fields.map((field) => ({ code, field })) });
