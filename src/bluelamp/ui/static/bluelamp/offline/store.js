// Drafts on the device: IndexedDB, each draft sealed with AES-GCM. The key is a CryptoKey that no script can read, or,
// with a PIN, is wrapped by a key made of the PIN (PBKDF2) and is in memory only while the page is open.

export const NAME = "bluelamp-report";
const VERSION = 1;
const ROUNDS = 600_000; // PBKDF2-HMAC-SHA-256, OWASP Password Storage Cheat Sheet
const subtle = globalThis.crypto?.subtle;

/** `code`: "full" no space, "refused" storage said no, "locked" needs the PIN (again), "wrong-pin", "gone" was removed. */
export class StoreError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** Whether this browser has what is needed. */
export const able = () => Boolean(globalThis.indexedDB && subtle && globalThis.crypto.randomUUID);

/** The store of this device, or null where there is none. Looking makes none. */
export async function findStore() {
  const database = await open(false);
  return database && new Store(database);
}

/** The store, made now: only after "only I use this device". */
export async function makeStore(now) {
  const store = new Store(await open(true));
  if (!(await store.meta("key"))) {
    const key = await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await store.write((transaction) => {
      transaction.objectStore("meta").put({ key, id: crypto.randomUUID() }, "key");
      transaction.objectStore("meta").put({ at: now }, "only-me");
    });
  }
  return store;
}

class Store {
  constructor(database) {
    this.database = database;
    this.key = null;
    this.keyId = "";
    // Somebody wipes in another tab: let go, so that it can be deleted.
    database.onversionchange = () => this.close();
    this.closed = false;
    database.onclose = () => { this.closed = true; };
  }

  close() {
    this.closed = true;
    this.key = null;
    this.database.close();
  }

  async hasPin() {
    return Boolean((await this.meta("key"))?.wrapped);
  }

  /** Get ready to read and write. Throws StoreError "locked", "wrong-pin", "gone". */
  async unlock(pin = null) {
    if (this.key) return;
    const held = await this.meta("key");
    if (!held) throw new StoreError("gone");
    if (held.key) {
      this.key = held.key;
      this.keyId = held.id;
      return;
    }
    if (pin === null) throw new StoreError("locked");
    try {
      this.key = await unwrap(held, pin);
      this.keyId = held.id;
    } catch {
      throw new StoreError("wrong-pin");
    }
  }

  /** Set a PIN, or remove it with null: a new key, and every draft sealed anew with it, all at once. */
  setPin(pin) {
    return alone(() => this.sealAnew(pin));
  }

  async sealAnew(pin) {
    const held = await this.all();
    const key = await subtle.generateKey({ name: "AES-GCM", length: 256 }, pin !== null, ["encrypt", "decrypt"]);
    const record = { id: crypto.randomUUID(), ...(pin === null ? { key } : await wrap(key, pin)) };
    const usable = pin === null ? key : await unwrap(record, pin);
    const sealed = await Promise.all(held.filter((d) => !d.broken).map((draft) => seal(usable, draft)));
    await this.write((transaction) => {
      transaction.objectStore("meta").put(record, "key");
      sealed.forEach((row) => transaction.objectStore("drafts").put(row));
    });
    this.key = usable;
    this.keyId = record.id;
  }

  /** Every draft, the oldest first; one that cannot be opened as { id, broken: true }. */
  async all() {
    await this.unlock();
    const rows = await this.read("drafts", (objects) => objects.getAll());
    const found = await Promise.all(rows.map((row) => unseal(this.key, row)));
    return found.sort((a, b) => (a.begun || 0) - (b.begun || 0));
  }

  /** One draft, or null. */
  async get(id) {
    await this.unlock();
    const row = await this.read("drafts", (objects) => objects.get(id));
    return row ? unseal(this.key, row) : null;
  }

  put(draft) {
    return alone(async () => {
      await this.unlock();
      const held = await this.meta("key");
      if (held?.id !== this.keyId) {
        // A PIN was set or removed in another tab: what we would seal, nobody could open.
        this.key = null;
        await this.unlock();
      }
      const row = await seal(this.key, draft);
      await this.write((transaction) => transaction.objectStore("drafts").put(row));
    });
  }

  async remove(id) {
    await this.write((transaction) => transaction.objectStore("drafts").delete(id));
  }

  async meta(name) {
    return this.read("meta", (objects) => objects.get(name));
  }

  async read(name, ask) {
    return this.run("readonly", [name], (transaction) => ask(transaction.objectStore(name)));
  }

  async write(act) {
    await this.run("readwrite", ["meta", "drafts"], act);
  }

  run(mode, names, act) {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new StoreError("gone"));
      try {
        const transaction = this.database.transaction(names, mode);
        const request = act(transaction);
        transaction.oncomplete = () => resolve(request?.result);
        transaction.onabort = () => reject(storeError(transaction.error));
      } catch (error) {
        reject(storeError(error));
      }
    });
  }
}

/** One at a time over all tabs. */
const alone = (act) => (navigator.locks ? navigator.locks.request(`${NAME}-store`, act) : act());

function storeError(error) {
  if (error instanceof StoreError) return error;
  if (error?.name === "QuotaExceededError") return new StoreError("full");
  return new StoreError(error?.name === "InvalidStateError" || error?.name === "NotFoundError" ? "gone" : "refused");
}

function open(make) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    let absent = false;
    request.onupgradeneeded = () => {
      if (!make) {
        absent = true;
        request.transaction.abort(); // so that looking leaves no database behind
        return;
      }
      request.result.createObjectStore("meta");
      request.result.createObjectStore("drafts", { keyPath: "id" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => (absent ? resolve(null) : reject(storeError(request.error)));
  });
}

const random = (size) => crypto.getRandomValues(new Uint8Array(size));
const bound = (id) => new TextEncoder().encode(`${NAME}:${id}`);

async function seal(key, draft) {
  const iv = random(12);
  const plain = new TextEncoder().encode(JSON.stringify(draft));
  const data = await subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(draft.id) }, key, plain);
  return { id: draft.id, iv, data };
}

async function unseal(key, row) {
  try {
    const about = { name: "AES-GCM", iv: row.iv, additionalData: bound(row.id) };
    return JSON.parse(new TextDecoder().decode(await subtle.decrypt(about, key, row.data)));
  } catch {
    return { id: row.id, broken: true };
  }
}

async function keyOfPin(pin, salt, rounds) {
  const raw = new TextEncoder().encode(pin.normalize("NFKC"));
  const base = await subtle.importKey("raw", raw, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

async function wrap(key, pin) {
  const salt = random(16);
  const iv = random(12);
  const wrapped = await subtle.wrapKey("raw", key, await keyOfPin(pin, salt, ROUNDS), { name: "AES-GCM", iv });
  return { wrapped, salt, iv, rounds: ROUNDS };
}

async function unwrap({ wrapped, salt, iv, rounds }, pin) {
  const by = await keyOfPin(pin, salt, rounds);
  return subtle.unwrapKey("raw", wrapped, by, { name: "AES-GCM", iv }, "AES-GCM", false, ["encrypt", "decrypt"]);
}
