// The service worker of the page that works without a connection. The server puts SHELL before this text. It keeps the
// page, its scripts and the questions; never an answer, and no other page.

const NAME = SHELL.prefix + SHELL.version;
const KNOWN = new Set([SHELL.page, ...SHELL.files]);

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOld().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname, search } = new URL(url);
  if (method === "GET" && origin === self.location.origin && KNOWN.has(pathname + search)) {
    event.respondWith(fromCache(event.request, pathname));
  }
});

self.addEventListener("sync", (event) => {
  if (event.tag === "bluelamp-report-send") event.waitUntil(wake());
});

async function fill() {
  const cache = await caches.open(NAME);
  await cache.addAll([...KNOWN].map((address) => new Request(address, { cache: "reload", credentials: "omit" })));
}

async function forgetOld() {
  const old = (await caches.keys()).filter((name) => name.startsWith(SHELL.prefix) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function fromCache(request, pathname) {
  // Looking must make no cache: after a wipe nothing of ours may come back.
  const kept = await caches.match(pathname, { cacheName: NAME, ignoreVary: true });
  return kept || fetch(request);
}

/** The connection is back. Only an open page can send: it alone can open what is sealed with a PIN. */
async function wake() {
  const pages = await self.clients.matchAll({ type: "window" });
  pages.forEach((page) => page.postMessage("send"));
}
