// Leaving without a trace: everything that this site keeps in the browser goes. Used by every way out of a report.

const OURS = "bluelamp-report";
const LONGEST = 2000;

/** Delete databases, caches, storage and service workers of this site. It never fails, and ends within two seconds. */
export async function wipe() {
  for (const storage of ["localStorage", "sessionStorage"]) quietly(() => window[storage].clear());
  quietly(() => {
    const others = new BroadcastChannel(OURS);
    others.postMessage("wiped");
    others.close();
  });
  // Workers first: one that is still being installed would fill its cache again.
  const jobs = [deleteDatabases(), unregisterWorkers().then(deleteCaches)].map((job) => job.catch(() => undefined));
  await Promise.race([Promise.all(jobs), new Promise((resolve) => setTimeout(resolve, LONGEST))]);
}

async function deleteDatabases() {
  const listed = indexedDB.databases ? await indexedDB.databases() : [];
  const names = new Set([OURS, ...listed.map((database) => database.name)]);
  await Promise.all([...names].map(deleteDatabase));
}

function deleteDatabase(name) {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = resolve;
    request.onerror = resolve;
    // Blocked: another tab has it open, and closes it when it hears of this. The deletion then goes on by itself.
  });
}

async function deleteCaches() {
  if (!globalThis.caches) return;
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
}

async function unregisterWorkers() {
  if (!navigator.serviceWorker) return;
  const found = await navigator.serviceWorker.getRegistrations();
  await Promise.all(found.map((registration) => registration.unregister()));
}

function quietly(act) {
  try {
    act();
  } catch {
    // A browser that refuses storage has nothing to clear.
  }
}
