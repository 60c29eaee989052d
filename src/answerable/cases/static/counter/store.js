// What this device keeps for the counter, in one IndexedDB: receipts not yet handed out (`codes`, secrets sealed under
// the device's password), receipts being handed over (`receipts`), matters not yet sent (`waiting`, sealed to the
// office), how the password is checked, and what is half typed (`meta`).
const NAME = "answerable-counter";
const STORES = { codes: "code", receipts: "code", waiting: "code", meta: "name" };
const RECEIPT_FOR = 30 * 60 * 1000; // ms

function whenDone(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function database() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const [name, keyPath] of Object.entries(STORES)) request.result.createObjectStore(name, { keyPath });
  };
  return whenDone(request);
}

// Runs `work(stores)` in one transaction, and is done only when it lies on the disk.
export async function change(names, work) {
  const db = await database();
  try {
    const unit = db.transaction(names, "readwrite", { durability: "strict" });
    const ended = new Promise((resolve, reject) => {
      unit.oncomplete = resolve;
      unit.onerror = unit.onabort = () => reject(unit.error || new Error("not kept"));
    });
    const result = work(Object.fromEntries(names.map((name) => [name, unit.objectStore(name)])), unit);
    await ended;
    return result;
  } finally {
    db.close();
  }
}

export async function all(name) {
  const db = await database();
  try {
    return await whenDone(db.transaction(name).objectStore(name).getAll());
  } finally {
    db.close();
  }
}

export async function one(name, key) {
  return (await all(name)).find((row) => row[STORES[name]] === key);
}

export const put = (name, row) => change([name], (stores) => stores[name].put(row));
export const drop = (name, key) => change([name], (stores) => stores[name].delete(key));

// The matters in the order in which they were taken down.
export async function queue() {
  return (await all("waiting")).sort((a, b) => a.order - b.order);
}

export async function usableCodes(now = Date.now()) {
  return (await all("codes")).filter((row) => Date.parse(row.until) > now);
}

// Keep a matter under the first code, with its receipt, in one transaction; the code can never be used twice.
export function assign(code, receipt, matter, replaces) {
  return change(["codes", "receipts", "waiting", "meta"], (stores, unit) => {
    const there = stores.codes.get(code);
    there.onsuccess = () => {
      if (!there.result) return unit.abort(); // another window took it
      stores.codes.delete(code);
      stores.receipts.put(receipt);
      stores.waiting.put(matter);
      if (replaces) stores.waiting.delete(replaces);
      stores.meta.delete("draft"); // what was half typed is this matter now
    };
  });
}

export async function openReceipts(now = Date.now()) {
  const kept = [];
  for (const row of await all("receipts")) {
    if (now - Date.parse(row.told_at) < RECEIPT_FOR) kept.push(row);
    else await drop("receipts", row.code);
  }
  return kept;
}

export async function wipe() {
  await change(Object.keys(STORES), (stores) => Object.values(stores).forEach((store) => store.clear()));
}

export const isAble = () => "indexedDB" in window && "serviceWorker" in navigator && !!(window.crypto && crypto.subtle);

const LANGUAGE = document.documentElement.lang;

export const data = JSON.parse(document.getElementById("counter-data").textContent);

// A day, or a moment, in words: never 12/8, which is two days. By the office's clock, wherever the device thinks it is.
function told(at, language, how) {
  const here = language === "en" ? "en-GB" : language;
  return new Intl.DateTimeFormat(here, { ...how, timeZone: data.zone || undefined }).format(new Date(at));
}

export const day = (at, language = LANGUAGE) => told(at, language, { dateStyle: "long" });
export const moment = (at, language = LANGUAGE) => told(at, language, { dateStyle: "long", timeStyle: "short" });

export function say(key, places = {}) {
  return Object.entries(places).reduce((text, [name, value]) => text.replace(`{${name}}`, value), data.say[key]);
}
