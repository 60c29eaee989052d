// What this telephone keeps for the field, in one IndexedDB: what waits to be sent (`waiting`, sealed to the office: not
// even this telephone can read it again), and in `meta` how the password is checked, whose telephone it is, and, locked
// under the password, the tasks and what is half typed.
const NAME = "answerable-field";
const STORES = { waiting: "id", meta: "name" };

const whenDone = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function database() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const [name, keyPath] of Object.entries(STORES)) request.result.createObjectStore(name, { keyPath });
  };
  return whenDone(request);
}

// Runs `work(store)` in one transaction, and is done only when it lies on the disk.
export async function change(name, work) {
  const db = await database();
  try {
    const unit = db.transaction(name, "readwrite", { durability: "strict" });
    const ended = new Promise((resolve, reject) => {
      unit.oncomplete = resolve;
      unit.onerror = unit.onabort = () => reject(unit.error || new Error("not kept"));
    });
    work(unit.objectStore(name));
    await ended;
  } finally {
    db.close();
  }
}

export const put = (name, row) => change(name, (store) => store.put(row));
export const drop = (name, key) => change(name, (store) => store.delete(key));

async function read(name, ask) {
  const db = await database();
  try {
    return await whenDone(ask(db.transaction(name).objectStore(name)));
  } finally {
    db.close();
  }
}

export const one = (name, key) => read(name, (store) => store.get(key));

// In the order in which it was written.
export async function queue() {
  return (await read("waiting", (store) => store.getAll())).sort((a, b) => a.order - b.order);
}

export const count = () => read("waiting", (store) => store.count());

// Put at the end, whatever the clock says: a clock that is set back must not turn the order round.
export async function append(row) {
  const rows = await queue();
  const order = rows.length ? rows[rows.length - 1].order + 1 : 1;
  await put("waiting", { ...row, order });
}

export async function wipe() {
  for (const name of Object.keys(STORES)) await change(name, (store) => store.clear());
}

export const isAble = () => "indexedDB" in window && "serviceWorker" in navigator && !!(window.crypto && crypto.subtle);
