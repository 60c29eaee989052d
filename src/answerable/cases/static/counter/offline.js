// The counter's page without a network: unlock, take down, read back, hand over the receipt.
import { forget as forgetDraft, keepSoon, kept, restored, stop as stopDraft } from "./draft.js";
import { check } from "./rules.js";
import { deviceKey, sealToOffice, unlock } from "./seal.js";
import { ask, sendByItself, settle } from "./sending.js";
import { assign, data, day, drop, isAble, moment, one, openReceipts, put, queue, say, usableCodes } from "./store.js";

const $ = (selector) => document.querySelector(selector);
const form = $("[data-matter]");
const faults = $("[data-faults]");
let key = null; // of the device's password, while this page is open
let said = null; // what is being read back
let mending = null; // the waiting matter that is being put right

function view(name) {
  document.querySelectorAll("[data-view]").forEach((part) => (part.hidden = part.dataset.view !== name));
  window.scrollTo(0, 0);
  const head = $(`[data-view="${name}"] h1`);
  if (head) head.focus();
}

function refuse(errors, title = say("faults")) {
  faults.hidden = !title || (!errors.length && title === say("faults"));
  $("[data-faults-title]").textContent = title;
  form.querySelectorAll("[aria-invalid]").forEach((box) => box.removeAttribute("aria-invalid"));
  const rows = errors.map(([name, text]) => {
    const field = form.elements[name];
    const box = field && field.length !== undefined && !field.options ? field[0] : field;
    const row = document.createElement("li");
    const link = row.appendChild(document.createElement(box ? "a" : "span"));
    link.textContent = text;
    if (box) {
      link.href = `#${box.id}`;
      box.setAttribute("aria-invalid", "true");
      const folded = box.closest("details");
      if (folded) folded.open = true;
    }
    return row;
  });
  faults.querySelector("ul").replaceChildren(...rows);
  if (!faults.hidden) faults.focus();
}

function clear() {
  refuse([]);
}

function read() {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (name === "token" || value === "") continue;
    fields[name] = name === "units" ? [...(fields.units || []), value] : value;
  }
  return fields;
}

function fill(fields) {
  form.reset();
  for (const [name, value] of Object.entries(fields || {})) {
    for (const box of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (box.type === "radio" || box.type === "checkbox") box.checked = name === "share" || [].concat(value).includes(box.value);
      else box.value = value;
    }
  }
}

function readBack(fields) {
  const words = data.languages[fields.language] || Object.values(data.languages)[0];
  const list = $("[data-said]");
  list.lang = fields.language;
  list.replaceChildren();
  for (const [name, label] of Object.entries(words.labels)) {
    if (!(name in fields)) continue;
    const options = words.options[name] || {};
    const text = [].concat(fields[name]).map((value) => options[value] || (value === "on" ? "✓" : value)).join("\n");
    const row = list.appendChild(document.createElement("div"));
    row.append(
      Object.assign(document.createElement("dt"), { textContent: label }),
      Object.assign(document.createElement("dd"), { textContent: text, className: "counter-as-told" })
    );
  }
  $("[data-own]").hidden = !accusesOwn(fields);
  $("[data-danger]").hidden = fields.danger !== "yes";
  view("read");
}

const accusesOwn = (fields) =>
  ["yes", "unsure"].includes(fields.conduct) && (fields.units || []).some((unit) => data.own_units.includes(Number(unit)));

const labels = () => (data.languages[document.documentElement.lang] || Object.values(data.languages)[0]).labels;

async function refresh() {
  const [codes, waits] = [await usableCodes(), await queue()];
  $("[data-count-waiting]").textContent = waits.length || "";
  if (codes.length) {
    const first = codes.map((row) => row.until).sort()[0];
    $("[data-left]").textContent = say("left", { count: codes.length, day: day(first) });
  }
  return codes;
}

// Where the page stands when it opens and after each receipt.
async function begin() {
  const codes = await refresh();
  await kept();
  if (mending && !mending.needs_new) return view("form");
  const open = await openReceipts();
  if (!codes.length && !open.length) {
    $("[data-none]").textContent = say("no_codes");
    return view("none");
  }
  if (!key) return view("unlock");
  if (open.length) return paper(open[0]);
  if (!mending) await takeUp();
  return view("form");
}

// What was half typed when the browser ended.
async function takeUp() {
  const found = await restored(key);
  $("[data-back]").hidden = !found;
  if (!found) return;
  fill(found.fields);
  $("[data-back-when]").textContent = say("back", { when: moment(found.at) });
}

async function forget() {
  said = null;
  form.reset();
  await forgetDraft();
  $("[data-back]").hidden = true;
  view("form");
}

async function unlocked(word) {
  const known = await one("meta", "word");
  try {
    const wanted = await deviceKey(word, known.salt);
    await unlock(wanted, known.check, "word");
    key = wanted;
  } catch (e) {
    return refuse([], say("wrong_word"));
  }
  clear();
  return begin();
}

async function register() {
  const content = { fields: said, told_at: mending ? mending.told_at : new Date().toISOString() };
  if (mending && !mending.needs_new) {
    const sealed = await sealToOffice(data.office_key, content, mending.code);
    const row = await one("waiting", mending.code);
    await put("waiting", { ...row, sealed, state: "waiting", problem: "" });
    location.assign("/desk/counter/waiting");
    return undefined;
  }
  const first = (await usableCodes()).sort((a, b) => (a.until < b.until ? -1 : 1))[0];
  if (!first) return refuse([], say("no_codes"));
  const sealed = await sealToOffice(data.office_key, content, first.code);
  const receipt = { code: first.code, sealed: first.sealed, told_at: new Date().toISOString(), language: said.language };
  if (accusesOwn(said)) delete receipt.sealed;
  const matter = { code: first.code, told_at: content.told_at, order: Date.now(), sealed, state: "waiting", problem: "" };
  stopDraft();
  await assign(first.code, receipt, matter, mending ? mending.code : null);
  said = mending = null;
  form.reset();
  await refresh();
  return paper(receipt);
}

async function paper(receipt) {
  const words = (data.languages[receipt.language] || Object.values(data.languages)[0]).paper;
  const sheet = $("[data-paper]");
  sheet.lang = receipt.language;
  sheet.querySelectorAll("[data-say]").forEach((part) => (part.textContent = words[part.dataset.say]));
  sheet.dataset.code = receipt.code;
  const withheld = !receipt.sealed;
  $("[data-secret-part]").hidden = sheet.querySelector('[data-say="keep"]').hidden = withheld;
  sheet.querySelector('[data-say="withheld"]').hidden = !withheld;
  $("p[data-code]").textContent = receipt.code;
  $("p[data-secret]").textContent = withheld ? "" : await unlock(key, receipt.sealed, receipt.code);
  $("[data-told]").textContent = moment(receipt.told_at, receipt.language);
  view("receipt");
}

// A matter that the server refused comes back with its words, to be put right under its own code.
async function mend(code) {
  const row = await one("waiting", code);
  if (!row) return;
  const answer = await ask(row);
  await settle(row, answer);
  if (answer.state !== "refused" || !answer.fields) return location.replace("/desk/counter/waiting");
  mending = { code, told_at: answer.told_at, needs_new: Boolean(answer.needs_new) };
  fill(answer.fields);
  await begin();
  refuse(answer.errors, answer.sentence);
}

function bind() {
  $("[data-unlock]").addEventListener("submit", (event) => {
    event.preventDefault();
    const box = $("#word");
    unlocked(box.value);
    box.value = "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    said = read();
    const errors = check(said, accusesOwn(said), say, form, labels());
    refuse(errors);
    if (!errors.length) readBack(said);
  });
  let busy = false;
  $("[data-register]").addEventListener("click", () => {
    if (busy) return;
    busy = true;
    register()
      .then(() => faults.hidden || clear())
      .catch(() => refuse([], say("no_store")))
      .finally(() => (busy = false));
  });
  $("[data-change]").addEventListener("click", () => view("form"));
  document.querySelectorAll("[data-forget]").forEach((button) => button.addEventListener("click", forget));
  form.addEventListener("input", () => {
    if (key && !mending) keepSoon(key, read, (fields) => !accusesOwn(fields));
  });
  $("[data-print-now]").addEventListener("click", () => window.print());
  $("[data-next]").addEventListener("click", async () => {
    await drop("receipts", $("[data-paper]").dataset.code);
    $("p[data-secret]").textContent = "";
    await begin();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!$('[data-view="form"]').hidden && form.elements.story.value) event.preventDefault();
  });
}

if (isAble()) {
  bind();
  const wanted = new URLSearchParams(location.hash.slice(1)).get("correct");
  (wanted ? mend(wanted) : begin()).then(() =>
    sendByItself((news) => {
      $("[data-network]").textContent = news.why ? say(news.why) : say("online");
      return refresh();
    })
  );
} else {
  refuse([], say("no_browser"));
}
