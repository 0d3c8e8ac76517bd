// A report on the device: its form, and the steps from one page to the next. Pure: nothing here stores or shows.

import { answersOf, read } from "./fields.js";
import { advising, barred, before, byId, walk } from "./walk.js";

/** An empty report. `key`: 32 random bytes as text, with which a lost answer can be asked for again. */
export function newDraft({ id, key, now }) {
  return {
    id, key, begun: now, changed: now, state: "writing", fields: {}, seen: {}, days: {}, problems: [],
    tried: 0, next: 0, maybeSent: false,
  };
}

/** The day on the calendar of this device: what "yesterday" on a page counts from. */
export function dayOf(milliseconds) {
  const at = new Date(milliseconds);
  const two = (number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Answer a page: the draft with it, or { problems } where that is plainly wrong. */
export function answer(shelf, draft, id, fields, now) {
  const { problems } = read(byId(shelf).get(id), fields);
  if (problems.length) return { draft, problems };
  const changed = {
    ...draft,
    state: "writing",
    changed: now,
    fields: { ...draft.fields, [id]: fields },
    days: { ...draft.days, [id]: dayOf(now) },
    problems: draft.problems.filter((problem) => problem.question !== id && problem.question !== ""),
  };
  return { draft: changed, problems: [] };
}

/** Note that a page which only tells was read. */
export function readPage(shelf, draft, id, now) {
  const seen = advising(shelf, byId(shelf).get(id), answersOf(shelf, draft));
  return { ...draft, changed: now, seen: { ...draft.seen, [id]: seen } };
}

export const wayOf = (shelf, draft) => walk(shelf, answersOf(shelf, draft));
export const barredFor = (shelf, draft) => barred(shelf, answersOf(shelf, draft));

/** The page to show: what the server could not read first, then the next open one. */
export function pageOf(shelf, draft) {
  const way = wayOf(shelf, draft);
  const wrong = draft.problems.find(({ question }) => way.asked.includes(question));
  return wrong ? wrong.question : way.next;
}

/** The page before, or "". */
export const backFrom = (shelf, draft, id) => before(wayOf(shelf, draft), id);

/** What goes to the server: fields of the pages that are asked of this person. */
export function payload(shelf, draft, language) {
  const asked = wayOf(shelf, draft).asked.filter((id) => draft.fields[id]);
  const of = (held) => Object.fromEntries(asked.filter((id) => held[id]).map((id) => [id, held[id]]));
  return { draft: draft.id, words_key: draft.key, language, fields: of(draft.fields), days: of(draft.days) };
}

/** The draft after the server's answer. What was sent leaves only its reference and words, unless it differs. */
export function settled(draft, outcome, now) {
  if (outcome.kind === "sent") {
    const { reference, words, same } = outcome;
    const kept = same === false ? { fields: draft.fields, seen: draft.seen, days: draft.days } : { fields: {}, seen: {}, days: {} };
    return { ...draft, ...kept, state: "sent", reference, words, differs: same === false, problems: [], changed: now };
  }
  if (outcome.kind === "refused") {
    return { ...draft, state: "refused", problems: outcome.problems, maybeSent: false, changed: now };
  }
  const tried = draft.tried + 1;
  const wait = outcome.after ?? Math.min(30_000 * 2 ** (tried - 1), 3_600_000);
  return { ...draft, state: "waiting", tried, next: now + wait, maybeSent: draft.maybeSent || outcome.maybe };
}
