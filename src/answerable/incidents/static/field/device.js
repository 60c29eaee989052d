// A telephone that works without a network: what is written is sealed to the office at once, waits here, and is sent by
// itself. The password opens what was kept of the work to do; nothing needs it to be sent.
import { deviceKey, lock, sealFileToOffice, sealToOffice, toBase64, unlock } from "../counter/seal.js";
import * as clock from "./clock.js";
import { $, data, element, refuse, say, tell, when } from "./page.js";
import { MOST_BYTES, packed, written } from "./photo.js";
import { queueOf } from "./queue.js";
import { isAble, storeOf } from "./store.js";

// `name`: of what the browser keeps; `purpose`: under which the office opens it. The page's own part: `work()` and
// `setWork(work)`, the work to do as plain values; `show()` puts it on the page; `taken(open, waiting)` makes it of the
// server's answer and of what still waits; `back(content)` puts a refused sending into a form again, or says false;
// `draft` reads and writes what is half typed, as text.
export function deviceOf({ name, purpose, work, setWork, show, taken, back, draft }) {
  const store = storeOf(name);
  const { ask, sendByItself } = queueOf(store, location.pathname);
  let key = null; // of the password, while the page is open
  let me = null; // whose telephone it is: a number
  let sendNow = () => {};
  let draftTimer = 0;
  let draftTurn = 0;

  // --- what waits

  function row(waits) {
    const item = element("li", "", { className: "card" });
    item.append(
      element("p", `${say(`kind_${waits.kind}`)} · ${say("written", { when: when(clock.right(waits.told_at)) })}`),
      element("p", waits.problem || say("kept"), { className: waits.problem ? "" : "small muted" })
    );
    if (waits.state === "refused") {
      const verbs = element("div", "", { className: "actions" });
      const again = element("button", say("take_back"), { className: "button button-plain", type: "button" });
      again.hidden = waits.kind === "photo";
      again.addEventListener("click", () => takeBack(waits));
      const away = element("button", say("throw_away"), { className: "button button-quiet", type: "button" });
      away.addEventListener("click", () => store.drop("waiting", waits.id).then(draw));
      verbs.append(again, away);
      item.append(verbs);
    }
    return item;
  }

  async function takeBack(waits) {
    const answer = await ask(waits).catch(() => ({}));
    if (answer.open) await takeWork(answer.open);
    if (answer.content && back(answer.content) !== false) await store.drop("waiting", waits.id);
    await draw();
  }

  async function draw() {
    const rows = await store.queue();
    $("[data-queue]").replaceChildren(...rows.map(row));
    $("[data-count]").textContent = rows.length ? say("waiting", { count: rows.length }) : say("none_waiting");
  }

  // Sealed to the office, at the end of what waits. `about` is read by the server alone, `more` by this page. False, and a
  // sentence, where this telephone could not keep it.
  async function keep(kind, about, picture = null, more = {}) {
    const id = crypto.randomUUID();
    const told_at = new Date().toISOString();
    const content = { ...about, kind, told_at, who: me };
    try {
      const sealed = picture
        ? { photo: await sealFileToOffice(data.office_key, await packed(content, picture), id, purpose) }
        : { sealed: await sealToOffice(data.office_key, content, id, purpose) };
      await store.append({ id, kind, told_at, ...more, ...sealed });
      await draw();
    } catch (e) {
      refuse(say("no_store"));
      return false;
    }
    sendNow();
    return true;
  }

  // --- the work to do, and what is half typed

  async function keepWork() {
    if (key) await store.put("meta", { name: "work", sealed: await lock(key, JSON.stringify(work()), "work") });
  }

  async function takeWork(open) {
    setWork(taken(open, await store.queue()));
    if (me !== open.who) {
      me = open.who;
      if (key) await store.put("meta", { name: "me", who: me });
    }
    show();
    await keepWork();
  }

  // What is on its way into the store, under the lock perhaps, comes there no more.
  function stopDraft() {
    clearTimeout(draftTimer);
    draftTurn += 1;
  }

  async function forgetDraft() {
    stopDraft();
    await store.drop("meta", "draft");
  }

  function keepDraft() {
    if (!key) return;
    stopDraft();
    const mine = draftTurn;
    draftTimer = setTimeout(async () => {
      const text = draft.read();
      if (!text) return store.drop("meta", "draft");
      const sealed = await lock(key, text, "draft");
      return mine === draftTurn ? store.put("meta", { name: "draft", sealed }) : undefined;
    }, 500);
  }

  // --- the password: this telephone made ready, opened, wiped

  async function keepPage() {
    const here = location.pathname;
    const registration = await navigator.serviceWorker.register(`${here}worker.js`, { scope: here });
    const worker = registration.installing || registration.waiting || registration.active;
    const channel = new MessageChannel();
    const answer = new Promise((resolve) => (channel.port1.onmessage = (event) => resolve(event.data.kept)));
    worker.postMessage({ keep: data.keep }, [channel.port2]);
    if (!(await answer)) throw new Error("page not kept");
    if (navigator.storage && navigator.storage.persist) await navigator.storage.persist();
  }

  async function makeReady(word) {
    if (word.length < 8) return refuse(say("short_word"));
    refuse("");
    await keepPage();
    const salt = toBase64(crypto.getRandomValues(new Uint8Array(16)));
    key = await deviceKey(word, salt);
    await store.put("meta", { name: "word", salt, check: await lock(key, "ready", "word") });
    await store.put("meta", { name: "me", who: me });
    await keepWork();
    await showPassword();
    return tell(say("ready"));
  }

  async function open(word) {
    const known = await store.one("meta", "word");
    const wanted = await deviceKey(word, known.salt);
    try {
      await unlock(wanted, known.check, "word");
    } catch (e) {
      return refuse(say("wrong_word"));
    }
    refuse("");
    key = wanted;
    const [mine, kept, half] = [await store.one("meta", "me"), await store.one("meta", "work"), await store.one("meta", "draft")];
    if (mine && me === null) me = mine.who;
    if (kept && work() === null) setWork(JSON.parse(await unlock(key, kept.sealed, "work")));
    show();
    if (half && draft.write(await unlock(key, half.sealed, "draft"))) tell(say("draft"));
    return showPassword();
  }

  async function forget() {
    if (await store.count()) return refuse(say("waiting_first"));
    await store.wipe();
    const registration = await navigator.serviceWorker.getRegistration(location.pathname);
    if (registration) await registration.unregister();
    await caches.delete(name);
    key = null;
    refuse("");
    await showPassword();
    return tell(say("wiped"));
  }

  async function showPassword() {
    const known = await store.one("meta", "word");
    $("[data-unlock]").hidden = !known || key !== null;
    $("[data-ready]").hidden = Boolean(known);
    $("[data-wipe]").hidden = !known;
  }

  function withWord(form, doing) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const box = form.querySelector("input[type=password]");
      const word = box ? box.value : "";
      const button = form.querySelector("button");
      button.disabled = true;
      doing(word)
        .then(() => box && (box.value = ""))
        .catch(() => refuse(say("not_ready")))
        .finally(() => (button.disabled = false));
    });
  }

  // --- the network

  async function news(said) {
    if (said.open) {
      const off = clock.heard(said.open.now, said.open.asked, said.open.answered);
      await store.put("meta", { name: "clock", off });
      await takeWork(said.open);
    }
    $("[data-network]").textContent = say(said.why || "online");
    $("[data-sign-in]").hidden = said.why !== "signed_out";
    const off = clock.minutesOff();
    $("[data-clock]").hidden = off < 2;
    $("[data-clock]").textContent = say("clock", { minutes: off });
    if (said.sent) tell(say("sent"));
    await draw();
  }

  async function begin() {
    if (!isAble()) return refuse(say("no_browser"));
    withWord($("[data-unlock]"), open);
    withWord($("[data-ready]"), makeReady);
    withWord($("[data-wipe]"), forget);
    const mine = await store.one("meta", "me");
    if (mine) me = mine.who;
    const told = await store.one("meta", "clock");
    if (told) clock.remember(told.off);
    await showPassword();
    await draw();
    show();
    sendNow = sendByItself(news);
    return undefined;
  }

  return { begin, keep, keepDraft, keepWork, forgetDraft };
}

// The photograph without metadata; null, and a sentence, where it is too large or none.
export async function pictureOf(file) {
  const mb = (bytes) => Math.round(bytes / 1e6);
  const large = (bytes, limit) => refuse(say("too_large", { mb: mb(bytes), limit: mb(limit) }));
  if (file.size > MOST_BYTES) {
    large(file.size, MOST_BYTES);
    return null;
  }
  const blob = await written(file).catch(() => null);
  if (!blob) {
    refuse(say("no_picture"));
    return null;
  }
  if (blob.size > data.photo_bytes) {
    large(blob.size, data.photo_bytes);
    return null;
  }
  return blob;
}

// One submission at a time; `doing` says what is to be done, and what this telephone cannot keep is said.
export function onSubmit(form, doing) {
  let busy = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    doing()
      .catch(() => refuse(say("no_store")))
      .finally(() => (busy = false));
  });
}
