// Sending what waits. A report may be sent any number of times: its id makes it one report (operations/offline.py).

import { payload, settled } from "./draft.js";

const LONGEST = 60_000;
const LOCK = "bluelamp-report-send";

/** Send one report. { kind: "sent" | "refused" | "later", ... }; it never throws. */
export async function post(address, content, fetcher = fetch) {
  let response;
  let told;
  try {
    response = await fetcher(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Bluelamp-Offline": "1" },
      body: JSON.stringify(content),
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout ? AbortSignal.timeout(LONGEST) : undefined,
    });
    told = await response.json().catch(() => null);
  } catch {
    // It may have arrived: only the answer to another try can tell.
    return { kind: "later", maybe: true };
  }
  if (response.ok && told?.state === "sent") return { kind: "sent", ...told };
  if (told?.state === "refused" && Array.isArray(told.problems)) return { kind: "refused", ...told };
  const seconds = Number(response.headers.get("Retry-After"));
  const after = seconds > 0 ? Math.min(seconds, 3600) * 1000 : undefined;
  return { kind: "later", maybe: response.status >= 500, after };
}

/**
 * Send every waiting report whose time has come (`now` is a function), one after the other, in one tab at a time.
 * `force`: do not wait for its time. `onSend(id)` is told before each, `onOutcome(outcome)` after. How many were sent.
 */
export async function sendWaiting({ store, shelf, language, address, force = false, now, onSend, onOutcome, fetcher }) {
  return alone(async () => {
    let count = 0;
    for (const { id } of await store.all()) {
      const draft = await store.get(id);
      if (!draft || draft.broken || draft.state !== "waiting" || (!force && draft.next > now())) continue;
      onSend?.(id);
      const outcome = await post(address, payload(shelf, draft, language), fetcher);
      await keep(store, id, draft, outcome, now());
      await onOutcome?.(outcome);
      if (outcome.kind === "sent") count += 1;
      if (outcome.kind === "later" && outcome.maybe) break; // no connection: the others would fare the same
    }
    return count;
  });
}

/** Write the outcome down. What was changed while it was on its way is not lost. */
async function keep(store, id, sent, outcome, now) {
  const held = await store.get(id);
  if (!held) return; // deleted meanwhile: that stands
  const changed = held.changed !== sent.changed;
  if (changed && outcome.kind === "sent") return store.put(settled(held, { ...outcome, same: false }, now));
  if (changed) return store.put({ ...held, maybeSent: held.maybeSent || Boolean(outcome.maybe) });
  return store.put(settled(held, outcome, now));
}

/** Without a connection: where the browser can, have the worker tell this page when it is back (worker.js). */
export function askToBeWoken() {
  const workers = globalThis.navigator?.serviceWorker;
  workers?.ready.then((worker) => worker.sync?.register(LOCK)).catch(() => undefined);
}

async function alone(act) {
  if (!navigator.locks) return act();
  return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? act() : 0));
}
