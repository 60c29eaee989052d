// The page: three places for what was brought, one button, and the verdict in words. Nothing is stored or sent.

const WORDS = JSON.parse(document.getElementById("words").textContent);
const KINDS = ["receipt", "opening", "policy"];
const files = {}; // what was chosen or dropped, by kind
let language = (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh-hans" : "en";
let verdict = null;

const byId = (id) => document.getElementById(id);
const say = (template, facts = {}) => template.replace(/%\((\w+)\)s/g, (_all, name) => facts[name]);
const ui = (key, facts) => say(WORDS[language].ui[key], facts);
// Text out of a receipt, without what could hide a word; as `plain` in words.py.
const plain = (text) => text.replace(/(?! )[\p{C}\p{Z}]/gu, "\ufffd");
const readable = (bytes) => new TextDecoder().decode(bytes);
const witnessName = (name) => plain(readable(fromOctets(name)));

function instant(microseconds) {
  const at = new Date(Number(microseconds / 1000n)), two = (value) => String(value).padStart(2, "0");
  const zone = -at.getTimezoneOffset(), off = Math.abs(zone);
  const day = `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
  return `${day} ${time} (UTC${zone < 0 ? "-" : "+"}${two(Math.floor(off / 60))}:${two(off % 60)})`;
}

function outcomeOf({ code, policyFault }) {
  if (code === "proved" || code === "promised") return code;
  return policyFault || WORDS.unreadable.includes(code) ? "unreadable" : "not_proved";
}

function sentences(found) { // as `sentences` in words.py
  const { facts, reasons } = WORDS[language];
  if (found.policyFault) return [ui("policy_fault", { reason: found.code === "windows_lines" ? reasons[found.code] : plain(`${found.code}: ${found.detail}`) })];
  if (found.promise) return ofPromise(found);
  if (found.code !== "proved") {
    const detail = found.code === "quorum_not_met" ? witnessName(found.detail) : plain(found.detail || "");
    return [say(reasons[found.code], { detail })];
  }
  const { act, record, seenAt } = found, since = act ? act.recordedAt : null;
  const witnesses = found.sightings.map((one) => witnessName(one.witness)).join(", ");
  const lines = [say(facts[act ? "act" : record && record.length ? "text" : "closed"])];
  if (act) lines.push(say(facts.kind, { kind: plain(act.kind), seq: act.seq, matter: plain(act.matter) }));
  else if (record && record.length) lines.push(plain(readable(record)));
  const seen = seenAt === null ? null : seenAt * 1000000n;
  const times = { witnesses, from: since === null ? "" : instant(since) };
  if (seen !== null) times.until = instant(since !== null && since > seen ? since : seen);
  if (seen === null) lines.push(say(facts[since === null ? "undated" : "since"], times));
  else lines.push(say(facts[since === null ? "before" : "between"], times));
  lines.push(...claimOf(found), say(facts.place, { place: found.index + 1n, size: found.size, log: plain(found.log) }));
  return [...lines, ...gapsOf(found)];
}

const gapsOf = (found) => [say(WORDS[language].facts.gaps), ...found.gaps.map((gap) => `– ${say(WORDS[language].gaps[gap])}`)];
function claimOf({ act }) {
  if (act === null || act.happenedAt === null) return [];
  return [say(WORDS[language].facts[act.claimedBy ? "claimed_by" : "claimed"], { at: instant(act.happenedAt), who: plain(act.claimedBy) })];
}
function ofPromise(found) {
  const { facts } = WORDS[language], { act, promise } = found;
  const times = { at: instant(promise.time * 1000000n), by: instant(promise.deadline * 1000000n) };
  const lines = [say(facts.promised, { ...times, log: plain(found.log) })];
  if (act) {
    lines.push(say(facts.kind, { kind: plain(act.kind), seq: act.seq, matter: plain(act.matter) }));
    lines.push(say(facts.since, { from: instant(act.recordedAt) }), ...claimOf(found));
  }
  const leaf = [...promise.leaf].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [...lines, say(facts.promise_broken, { leaf }), ...gapsOf(found)];
}

function show() {
  document.documentElement.lang = language === "en" ? "en" : "zh-Hans";
  document.title = ui("title");
  for (const place of document.querySelectorAll("[data-say]")) place.textContent = ui(place.dataset.say);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  for (const kind of KINDS) byId(`${kind}-name`).textContent = files[kind] ? ui("chosen", { name: plain(files[kind].name) }) : "";
  const result = byId("result"), record = byId("record");
  result.replaceChildren();
  record.hidden = true;
  result.dataset.code = verdict ? verdict.code || verdict.missing : "";
  result.dataset.outcome = verdict && !verdict.missing ? outcomeOf(verdict) : "";
  if (!verdict || verdict.missing) {
    result.append(paragraph(ui(verdict ? verdict.missing : "nothing_yet")));
    return;
  }
  const headline = document.createElement("strong");
  headline.textContent = WORDS[language].headlines[outcomeOf(verdict)];
  result.append(headline, ...sentences(verdict).map(paragraph));
  if (verdict.act) {
    record.hidden = false;
    byId("record-text").textContent = JSON.stringify(JSON.parse(readable(verdict.record)), null, 2);
  }
}
function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}

function brought(kind) { // the file, or what was pasted
  if (files[kind]) return files[kind].bytes;
  const pasted = byId(`${kind}-text`).value;
  if (!pasted.trim()) return null;
  // A field may lose or gain line ends at the end. Records never end in one; everything else always does.
  const text = pasted.replace(/\s+$/, "");
  return TEXT.encode(kind === "opening" ? text : `${text}\n`);
}

async function check() {
  const [receipt, opening, policy] = KINDS.map(brought);
  if (!receipt || !policy) {
    verdict = { missing: receipt ? "policy_missing" : "receipt_missing" };
  } else {
    let whom;
    try {
      whom = await believed(policy);
      verdict = await verdictOf(receipt, whom, opening);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      verdict = { code: error.code, detail: error.detail, policyFault: true };
    }
  }
  show();
  byId("result").focus();
}

function kindOf(bytes) {
  const start = octets(bytes.subarray(0, 64));
  if (start.startsWith(OPENING)) return "opening";
  return start.startsWith(RECEIPT) || isPromise(bytes) || start.trimStart().startsWith("TLOG1:") || bytes[0] < 2 ? "receipt" : "policy";
}
async function take(file, kind) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  files[kind || kindOf(bytes)] = { name: file.name, bytes };
  verdict = null;
  show();
}

for (const kind of KINDS) {
  byId(`${kind}-file`).addEventListener("change", (event) => {
    if (event.target.files.length) take(event.target.files[0], kind);
  });
  byId(`${kind}-text`).addEventListener("input", () => {
    delete files[kind];
    byId(`${kind}-file`).value = "";
    verdict = null;
    show();
  });
}
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    language = button.dataset.language;
    show();
  });
}
byId("check").addEventListener("click", check);
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  for (const file of event.dataTransfer.files) take(file);
});
byId("too-old").remove();
byId("tool").hidden = false;
show();
