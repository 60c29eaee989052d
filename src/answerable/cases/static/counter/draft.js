// What is half typed without a network outlives the browser: locked under the device's password, one at a time, for as
// long as the person may still be standing there. An accusation of the counter's own office is not kept (rule 5): the
// colleagues who know the password would read it.
import { lock, unlock } from "./seal.js";
import { drop, one, put } from "./store.js";

const KEPT_FOR = 30 * 60 * 1000; // ms
const PAUSE = 700; // ms without a key before it is written

const NAME = "draft";
let waits = 0;
let turn = 0;

// What is on its way into the store, under the lock perhaps, comes there no more: it is a matter by now, or was thrown away.
export function stop() {
  clearTimeout(waits);
  turn += 1;
}

export async function forget() {
  stop();
  await drop("meta", NAME);
}

// What is kept and not too old; what is too old goes, also from a page that nobody unlocks.
export async function kept(now = Date.now()) {
  const row = await one("meta", NAME);
  if (!row || now - row.at < KEPT_FOR) return row;
  await forget();
  return undefined;
}

// {fields, at}, or nothing: none there, or locked under a password that this device has no more.
export async function restored(key) {
  const row = await kept();
  if (!row) return undefined;
  try {
    return { fields: JSON.parse(await unlock(key, row.sealed, NAME)), at: row.at };
  } catch (e) {
    await forget();
    return undefined;
  }
}

// Keep what `read()` gives, once the typing pauses; `mayKeep` says whether it may lie here at all.
export function keepSoon(key, read, mayKeep) {
  stop();
  const mine = turn;
  waits = setTimeout(async () => {
    const fields = read();
    if (!fields.story || !mayKeep(fields)) return drop("meta", NAME);
    const sealed = await lock(key, JSON.stringify(fields), NAME);
    return mine === turn ? put("meta", { name: NAME, sealed, at: Date.now() }) : undefined;
  }, PAUSE);
}
