// What this telephone keeps for one page, in one IndexedDB: what waits to be sent (`waiting`, sealed to the office: not
// even this telephone can read it again), and in `meta` how the password is checked, whose telephone it is, and, locked
// under the password, the work to do and what is half typed.
const STORES = { waiting: "id", meta: "name" };

const whenDone = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

// The store of the page that is called `name`.
export function storeOf(name) {
  async function database() {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      for (const [kind, keyPath] of Object.entries(STORES)) request.result.createObjectStore(kind, { keyPath });
    };
    return whenDone(request);
  }

  // Runs `work(store)` in one transaction, and is done only when it lies on the disk.
  async function change(kind, work) {
    const db = await database();
    try {
      const unit = db.transaction(kind, "readwrite", { durability: "strict" });
      const ended = new Promise((resolve, reject) => {
        unit.oncomplete = resolve;
        unit.onerror = unit.onabort = () => reject(unit.error || new Error("not kept"));
      });
      work(unit.objectStore(kind));
      await ended;
    } finally {
      db.close();
    }
  }

  const put = (kind, row) => change(kind, (store) => store.put(row));
  const drop = (kind, key) => change(kind, (store) => store.delete(key));

  async function read(kind, ask) {
    const db = await database();
    try {
      return await whenDone(ask(db.transaction(kind).objectStore(kind)));
    } finally {
      db.close();
    }
  }

  const one = (kind, key) => read(kind, (store) => store.get(key));

  // In the order in which it was written.
  async function queue() {
    return (await read("waiting", (store) => store.getAll())).sort((a, b) => a.order - b.order);
  }

  const count = () => read("waiting", (store) => store.count());

  // Put at the end, whatever the clock says: a clock that is set back must not turn the order round.
  async function append(row) {
    const rows = await queue();
    const order = rows.length ? rows[rows.length - 1].order + 1 : 1;
    await put("waiting", { ...row, order });
  }

  async function wipe() {
    for (const kind of Object.keys(STORES)) await change(kind, (store) => store.clear());
  }

  return { append, count, drop, one, put, queue, wipe };
}

export const isAble = () => "indexedDB" in window && "serviceWorker" in navigator && !!(window.crypto && crypto.subtle);
