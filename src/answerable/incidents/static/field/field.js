// The field's page: tasks, a line for the log, a photograph. What is written is sealed to the office at once, waits in
// this telephone, and is sent by itself. The password opens what was kept of tasks; nothing needs it to be sent.
import { deviceKey, lock, sealFileToOffice, sealToOffice, toBase64, unlock } from "../counter/seal.js";
import * as clock from "./clock.js";
import { MOST_BYTES, packed, written } from "./photo.js";
import { ask, sendByItself } from "./queue.js";
import { append, count, drop, isAble, one, put, queue, wipe } from "./store.js";

const data = JSON.parse(document.getElementById("field-data").textContent);
const PURPOSE = "answerable/field/v1";
const $ = (name) => document.querySelector(name);
const line = $("[data-line]");
const fault = $("[data-fault]");

let key = null; // of the password, while the page is open
let me = null; // whose telephone it is: a number
let work = { incidents: [], tasks: [] };
let sendNow = () => {};
let draftTimer = 0;

function say(name, places = {}) {
  return Object.entries(places).reduce((text, [place, value]) => text.replace(`{${place}}`, value), data.say[name]);
}

const when = (at) => clock.moment(at, data.zone, data.language);

function refuse(text) {
  fault.hidden = !text;
  fault.querySelector("p").textContent = text || "";
  if (text) fault.focus();
}

function tell(text) {
  $("[data-said]").textContent = text;
}

function element(name, text = "", more = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...more });
}

// --- what waits

function row(waits) {
  const item = element("li", "", { className: "card" });
  item.append(
    element("p", `${say(`kind_${waits.kind}`)} · ${say("written", { when: when(clock.right(waits.told_at)) })}`),
    element("p", waits.problem || say("kept"), { className: waits.problem ? "" : "small muted" })
  );
  if (waits.state === "refused") {
    const verbs = element("div", "", { className: "actions" });
    const back = element("button", say("take_back"), { className: "button button-plain", type: "button" });
    back.hidden = waits.kind === "photo";
    back.addEventListener("click", () => takeBack(waits));
    const away = element("button", say("throw_away"), { className: "button button-quiet", type: "button" });
    away.addEventListener("click", () => drop("waiting", waits.id).then(draw));
    verbs.append(back, away);
    item.append(verbs);
  }
  return item;
}

async function takeBack(waits) {
  const answer = await ask(waits).catch(() => ({}));
  if (answer.content) {
    line.elements.text.value = answer.content.text || "";
    if (answer.content.incident) line.elements.incident.value = answer.content.incident;
    await drop("waiting", waits.id);
    line.elements.text.focus();
  }
  await draw();
}

async function draw() {
  const rows = await queue();
  $("[data-queue]").replaceChildren(...rows.map(row));
  $("[data-count]").textContent = rows.length ? say("waiting", { count: rows.length }) : say("none_waiting");
}

// Sealed to the office, at the end of what waits. `about` is read by the server alone.
async function keep(kind, about, picture) {
  const id = crypto.randomUUID();
  const told_at = new Date().toISOString();
  const content = { ...about, kind, told_at, who: me };
  const sealed = picture
    ? { photo: await sealFileToOffice(data.office_key, await packed(content, picture), id, PURPOSE) }
    : { sealed: await sealToOffice(data.office_key, content, id, PURPOSE) };
  await append({ id, kind, told_at, task: kind === "done" ? about.task : null, ...sealed });
  await draw();
  sendNow();
}

const store = (what) => what.then(() => true).catch(() => void refuse(say("no_store")));

// --- tasks

function taskRow(task) {
  const item = element("li", "", { className: "card stack-small" });
  item.append(element("h3", task.title), element("p", `${task.where} · ${task.track}`, { className: "small muted" }));
  const late = task.due_at && Date.parse(task.due_at) <= clock.now();
  const due = task.due_at ? say(late ? "late" : "due", { when: when(task.due_at) }) : say("no_limit");
  item.append(element("p", `${late ? "▲ " : ""}${due}${task.begun ? ` · ${say("begun")}` : ""}`));
  const note = element("input", "", { className: "input", id: `seen-${task.id}`, maxLength: 500 });
  if (task.check) item.append(element("label", task.check, { className: "label", htmlFor: note.id }), note);
  const verbs = element("div", "", { className: "actions" });
  const begin = element("button", say("begin"), { className: "button button-plain", type: "button", hidden: task.begun });
  begin.addEventListener("click", () => doTask(task, "begun", note));
  const done = element("button", say("done"), { className: "button", type: "button" });
  done.addEventListener("click", () => doTask(task, "done", note));
  verbs.append(begin, done);
  item.append(verbs);
  return item;
}

async function doTask(task, kind, note) {
  const text = note.value.trim();
  if (kind === "done" && task.check && !text) return refuse(say("seen_first", { check: task.check }));
  refuse("");
  if (!(await store(keep(kind, { incident: task.incident, task: task.id, text })))) return undefined;
  if (kind === "begun") task.begun = true;
  else work.tasks = work.tasks.filter((other) => other.id !== task.id);
  tell(say("kept"));
  showWork();
  return keepWork();
}

function showWork() {
  $("[data-tasks]").replaceChildren(...work.tasks.map(taskRow));
  $("[data-no-tasks]").hidden = work.tasks.length > 0;
  const select = line.elements.incident;
  const chosen = select.value;
  select.replaceChildren(...work.incidents.map((one) => element("option", one.name, { value: one.id })));
  if (work.incidents.some((one) => one.id === chosen)) select.value = chosen;
  $("[data-no-incident]").hidden = work.incidents.length > 0;
  line.hidden = work.incidents.length === 0;
}

async function keepWork() {
  if (key) await put("meta", { name: "work", sealed: await lock(key, JSON.stringify(work), "work") });
}

// What was done here and has not been sent is not shown as open again.
async function takeWork(open) {
  const waits = new Set((await queue()).map((one) => one.task).filter(Boolean));
  work = { incidents: open.incidents, tasks: open.tasks.filter((task) => !waits.has(task.id)) };
  if (me !== open.who) {
    me = open.who;
    if (key) await put("meta", { name: "me", who: me });
  }
  showWork();
  await keepWork();
}

// --- a line, a photograph

async function writeLine() {
  const text = line.elements.text.value.trim();
  const file = line.elements.photo.files[0];
  const incident = line.elements.incident.value;
  if (!text && !file) return refuse(say("empty"));
  refuse("");
  if (file) {
    const blob = await picture(file);
    if (!blob || !(await store(keep("photo", { incident, text }, blob)))) return undefined;
  } else if (!(await store(keep("entry", { incident, text })))) return undefined;
  line.elements.text.value = "";
  line.elements.photo.value = "";
  clearTimeout(draftTimer);
  await drop("meta", "draft");
  return tell(say("kept"));
}

// The photograph without metadata; nothing, and a sentence, where it is too large or none.
async function picture(file) {
  const mb = (bytes) => Math.round(bytes / 1e6);
  if (file.size > MOST_BYTES) return void refuse(say("too_large", { mb: mb(file.size), limit: mb(MOST_BYTES) }));
  const blob = await written(file).catch(() => null);
  if (!blob) return void refuse(say("no_picture"));
  if (blob.size > data.photo_bytes) {
    return void refuse(say("too_large", { mb: mb(blob.size), limit: mb(data.photo_bytes) }));
  }
  return blob;
}

function keepDraft() {
  if (!key) return;
  clearTimeout(draftTimer);
  draftTimer = setTimeout(async () => {
    const text = line.elements.text.value;
    if (!text) return drop("meta", "draft");
    return put("meta", { name: "draft", sealed: await lock(key, text, "draft") });
  }, 500);
}

// --- the password: this telephone made ready, opened, wiped

async function keepPage() {
  const registration = await navigator.serviceWorker.register(`${location.pathname}worker.js`, { scope: location.pathname });
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
  await put("meta", { name: "word", salt, check: await lock(key, "ready", "word") });
  await put("meta", { name: "me", who: me });
  await keepWork();
  await showPassword();
  return tell(say("ready"));
}

async function open(word) {
  const known = await one("meta", "word");
  const wanted = await deviceKey(word, known.salt);
  try {
    await unlock(wanted, known.check, "word");
  } catch (e) {
    return refuse(say("wrong_word"));
  }
  refuse("");
  key = wanted;
  const [mine, kept, draft] = [await one("meta", "me"), await one("meta", "work"), await one("meta", "draft")];
  if (mine && me === null) me = mine.who;
  if (kept && !work.incidents.length) work = JSON.parse(await unlock(key, kept.sealed, "work"));
  if (draft && !line.elements.text.value) {
    line.elements.text.value = await unlock(key, draft.sealed, "draft");
    tell(say("draft"));
  }
  showWork();
  return showPassword();
}

async function forget() {
  if (await count()) return refuse(say("waiting_first"));
  await wipe();
  const registration = await navigator.serviceWorker.getRegistration(location.pathname);
  if (registration) await registration.unregister();
  await caches.delete("answerable-field");
  key = null;
  refuse("");
  await showPassword();
  return tell(say("wiped"));
}

async function showPassword() {
  const known = await one("meta", "word");
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
    await put("meta", { name: "clock", off: clock.heard(said.open.now, said.open.asked, said.open.answered) });
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
  const mine = await one("meta", "me");
  if (mine) me = mine.who;
  const told = await one("meta", "clock");
  if (told) clock.remember(told.off);
  await showPassword();
  await draw();
  showWork();
  sendNow = sendByItself(news);
}

if (isAble()) {
  let busy = false;
  line.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    writeLine()
      .catch(() => refuse(say("no_store")))
      .finally(() => (busy = false));
  });
  line.addEventListener("input", keepDraft);
  withWord($("[data-unlock]"), open);
  withWord($("[data-ready]"), makeReady);
  withWord($("[data-wipe]"), forget);
  begin();
} else {
  refuse(say("no_browser"));
}
