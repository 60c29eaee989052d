// Get this device ready, or wipe it.
import { deviceKey, lock, toBase64, unlock } from "./seal.js";
import { all, change, data, day, isAble, one, put, queue, say, usableCodes, wipe } from "./store.js";

const form = document.querySelector("[data-ready]");
const away = document.querySelector("[data-wipe]");
const fault = document.querySelector("[data-fault]");
const status = document.querySelector("[data-status]");

function refuse(text) {
  fault.hidden = !text;
  fault.querySelector("p").textContent = text;
  if (text) fault.focus();
}

function tell(...lines) {
  status.replaceChildren(
    ...lines.map((line) => Object.assign(document.createElement("p"), { className: "note", textContent: line }))
  );
}

async function show(news) {
  const [codes, waits] = [await usableCodes(), await queue()];
  const lines = news ? [news] : [];
  if (codes.length) {
    const first = codes.map((row) => row.until).sort()[0];
    lines.push(say("left", { count: codes.length, day: day(first) }));
  }
  if (waits.length) lines.push(say("waiting", { count: waits.length }));
  tell(...lines);
  const go = document.querySelector("[data-go]");
  if (go) go.hidden = !codes.length;
}

async function post(address, body, from) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrftoken": from.elements.csrfmiddlewaretoken.value },
    body: JSON.stringify(body),
  });
  return [answer.status, await answer.json()];
}

// The key of the password: the device's own, or of a new one.
async function keyOf(word) {
  const known = await one("meta", "word");
  if (!known) {
    const salt = toBase64(crypto.getRandomValues(new Uint8Array(16)));
    const key = await deviceKey(word, salt);
    await put("meta", { name: "word", salt, check: await lock(key, "ready", "word") });
    return key;
  }
  const key = await deviceKey(word, known.salt);
  try {
    await unlock(key, known.check, "word");
  } catch (e) {
    if ((await all("codes")).length) return null;
    await change(["meta"], ({ meta }) => meta.delete("word")); // nothing lies under the old one
    return keyOf(word);
  }
  return key;
}

async function keepPages() {
  const registration = await navigator.serviceWorker.register(form.dataset.worker, { scope: form.dataset.scope });
  const worker = registration.installing || registration.waiting || registration.active;
  const channel = new MessageChannel();
  const answer = new Promise((resolve) => (channel.port1.onmessage = (event) => resolve(event.data.kept)));
  worker.postMessage({ keep: data.keep }, [channel.port2]);
  if (!(await answer)) throw new Error("pages not kept");
  if (navigator.storage && navigator.storage.persist) await navigator.storage.persist();
}

async function prepare() {
  const [word, again] = [form.querySelector("#word").value, form.querySelector("#again").value];
  if (word.length < 10) return refuse(say("short_word"));
  if (word !== again) return refuse(say("differ"));
  const key = await keyOf(word);
  if (!key) return refuse(say("wrong_word"));
  await keepPages(); // first: a device that cannot keep the pages takes no receipts along
  const [code, answer] = await post(form.dataset.reserve, { count: Number(form.elements.count.value) }, form);
  if (code !== 200) return refuse(answer.sentence || say("not_ready"));
  const rows = [];
  for (const row of answer.codes) {
    rows.push({ code: row.code, until: answer.until, post: answer.post, sealed: await lock(key, row.secret, row.code) });
  }
  await change(["codes"], ({ codes }) => rows.forEach((row) => codes.put(row)));
  const held = form.querySelector("[data-held]");
  if (held) held.textContent = Number(held.textContent) + rows.length;
  refuse("");
  form.reset();
  return show(say("ready"));
}

async function forget() {
  if ((await queue()).length) return refuse(say("waiting_first"));
  const codes = (await all("codes")).map((row) => row.code);
  await post(away.dataset.back, { codes }, away);
  await wipe();
  const registration = await navigator.serviceWorker.getRegistration(form.dataset.scope);
  if (registration) await registration.unregister();
  await caches.delete("answerable-counter");
  refuse("");
  return show(say("wiped"));
}

if (isAble()) {
  for (const [box, work] of [[form, prepare], [away, forget]]) {
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = box.querySelector("button");
      button.disabled = true;
      work().catch(() => refuse(say("not_ready"))).finally(() => (button.disabled = false));
    });
  }
  show();
} else {
  for (const box of [form, away]) box.addEventListener("submit", (event) => event.preventDefault());
  refuse(say("no_browser"));
}
