// Receipts, notes, openings and policies, read as strictly as record/proofs.py, notes.py, openings.py, compact.py
// and policy.py read them, with the same codes. Sizes and times are BigInt.

class Invalid extends Error {
  constructor(code, detail = "") {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}
const MAX_RECEIPT = 1 << 22, MAX_NOTE = 1 << 20, MAX_POLICY = 1 << 20, MAX_SIGNATURES = 16, LIMIT = 2n ** 63n;
const ED25519 = 1, COSIGNATURE = 4;
const TEXT = new TextEncoder();
const utf8 = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const octets = (bytes) => { // one character a byte
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
};
const fromOctets = (text) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
const base64 = (bytes) => btoa(octets(bytes));
function fromBase64(text) {
  try {
    const bytes = fromOctets(atob(text));
    return base64(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}
function fromDecimal(text) {
  const value = /^(0|[1-9][0-9]{0,18})$/.test(text) ? BigInt(text) : null;
  return value !== null && value < LIMIT ? value : null;
}
function cut(text, at) { // [before, was it there, after], as Python's partition
  const place = text.indexOf(at);
  return place < 0 ? [text, false, ""] : [text.slice(0, place), true, text.slice(place + at.length)];
}

// ---------------------------------------------------------------- notes and checkpoints

const SPACE = /[\u0000-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const isKeyName = (name) => name !== "" && !name.includes("+") && !SPACE.test(name);

async function parseKey(text) { // in octets
  const [coded, plus, rest] = cut(text, "+"), [id, second, encoded] = cut(rest, "+");
  const data = fromBase64(encoded);
  if (!plus || !second || !/^[0-9a-f]{8}$/.test(id) || !data || !data.length) throw new Invalid("key_malformed", text.slice(0, 200));
  const name = nameOf(coded);
  if (!isKeyName(name)) throw new Invalid("key_name", name);
  if (data[0] !== ED25519 && data[0] !== COSIGNATURE) throw new Invalid("key_type", String(data[0]));
  if (data.length !== 33) throw new Invalid("key_malformed", `${data.length - 1} bytes`);
  const own = (await sha256(concat(TEXT.encode(name + "\n"), data))).subarray(0, 4);
  if (octets(own) !== octets(fromHex(id))) throw new Invalid("key_malformed", `its id is not ${id}`);
  return { name, type: data[0], public: data.subarray(1), id: own };
}
function nameOf(coded) {
  try {
    return utf8(fromOctets(coded));
  } catch {
    return ""; // not UTF-8, so no name
  }
}
const fromHex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));

async function hasSigned(key, text, signature) {
  let message = TEXT.encode(text);
  if (key.type === COSIGNATURE) {
    const time = number(signature.subarray(0, 8));
    if (time >= LIMIT) return false;
    message = concat(TEXT.encode(`cosignature/v1\ntime ${time}\n`), message);
    signature = signature.subarray(8);
  }
  return isSignedBy(key.public, message, signature);
}

function parseNote(bytes) {
  if (bytes.length > MAX_NOTE) throw new Invalid("too_long");
  let whole;
  try {
    whole = utf8(bytes);
  } catch {
    throw new Invalid("malformed");
  }
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) throw new Invalid("malformed");
  if (!whole.endsWith("\n")) throw new Invalid("truncated");
  const blank = whole.lastIndexOf("\n\n"), lines = whole.slice(blank + 2);
  if (blank < 0 || !lines) throw new Invalid("truncated");
  const signatures = lines.slice(0, -1).split("\n").map(parseSignature);
  if (signatures.length > MAX_SIGNATURES) throw new Invalid("too_many_signatures");
  return { text: whole.slice(0, blank + 1), signatures };
}
function parseSignature(line) {
  const [name, space, encoded] = cut(line.slice(2), " ");
  const data = fromBase64(encoded);
  const isOne = line.startsWith("\u2014 ") && space && isKeyName(name) && data && data.length >= 5;
  if (!isOne) throw new Invalid("signature_malformed");
  return { name, id: data.subarray(0, 4), signature: data.subarray(4) };
}
const linesOf = (note, key) => note.signatures.filter((line) => line.name === key.name && equal(line.id, key.id));

async function signedBy(note, keys, code) { // which of the keys signed; a false signature of one spoils the note
  const found = [];
  for (const key of keys) {
    const lines = linesOf(note, key);
    for (const line of lines) if (!(await hasSigned(key, note.text, line.signature))) throw new Invalid(code, key.name);
    if (lines.length) found.push(key);
  }
  return found;
}

const EMPTY_ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
function parseBody(text) {
  const lines = text.split("\n");
  if (lines.length < 4 || lines.pop() !== "" || lines.includes("")) throw new Invalid("checkpoint_malformed");
  const size = fromDecimal(lines[1]), root = fromBase64(lines[2]);
  if (size === null || !root || root.length !== 32) throw new Invalid("checkpoint_malformed");
  if (size === 0n && lines[2] !== EMPTY_ROOT) throw new Invalid("checkpoint_malformed");
  return { origin: lines[0], size, root };
}

// ---------------------------------------------------------------- receipts

const RECEIPT = "c2sp.org/tlog-proof@v1";

function parseReceipt(bytes) {
  if (bytes.length > MAX_RECEIPT) throw new Invalid("too_long");
  const text = octets(bytes);
  if (!text.startsWith(RECEIPT + "\n")) {
    if (text.startsWith(RECEIPT + "\r\n")) throw new Invalid("windows_lines");
    throw new Invalid(text && RECEIPT.startsWith(text) ? "truncated" : "not_a_receipt");
  }
  const [proof, blank, checkpoint] = cut(text, "\n\n");
  if (!blank) throw new Invalid("truncated");
  if (/[^\u0000-\u007f]/.test(proof)) throw new Invalid("malformed");
  const lines = proof.split("\n").slice(1);
  let extra = new Uint8Array();
  if (lines.length && lines[0].startsWith("extra ")) {
    extra = fromBase64(lines.shift().slice(6));
    if (!extra || !extra.length) throw new Invalid("malformed");
  }
  const index = lines.length && lines[0].startsWith("index ") ? fromDecimal(lines[0].slice(6)) : null;
  if (index === null) throw new Invalid("malformed");
  const path = lines.slice(1).map(fromBase64);
  if (path.some((hash) => !hash || hash.length !== 32)) throw new Invalid("malformed");
  const note = parseNote(fromOctets(checkpoint)), head = parseBody(note.text);
  if (index >= head.size) throw new Invalid("index_outside");
  if (path.length !== pathLength(index, head.size)) throw new Invalid("path_length");
  return { index, path, extra, note, head };
}

function split(size) { // the largest power of two below the size
  let half = 1n;
  while (half * 2n < size) half *= 2n;
  return half;
}
function pathLength(index, size) {
  let length = 0;
  for (; size > 1n; length += 1) {
    const half = split(size);
    if (index < half) size = half;
    else [index, size] = [index - half, size - half];
  }
  return length;
}
async function rootFrom(leaf, index, size, path) {
  if (size === 1n) return leaf;
  const half = split(size), sibling = path[path.length - 1], rest = path.slice(0, -1);
  if (index < half) return nodeHash(await rootFrom(leaf, index, half, rest), sibling);
  return nodeHash(sibling, await rootFrom(leaf, index - half, size - half, rest));
}
const nodeHash = (left, right) => sha256(concat([1], left, right));
const leafHash = (entry) => sha256(concat([0], entry));

// ---------------------------------------------------------------- compact form

const BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

function receiptOf(bytes) { // the receipt in whichever form it was brought
  const text = octets(bytes).replace(/^[ \t-\r]+|[ \t-\r]+$/g, "");
  if (text.startsWith("TLOG1:")) return expand(fromBase45(text.slice(6)));
  return bytes.length && bytes[0] < 2 ? expand(bytes) : bytes;
}
function fromBase45(text) {
  if (text.length > (MAX_RECEIPT / 2) * 3) throw new Invalid("too_long");
  const out = [];
  for (let at = 0; at < text.length; at += 3) {
    const values = [...text.slice(at, at + 3)].map((sign) => BASE45.indexOf(sign));
    const value = values.reduce((sum, one, place) => sum + one * 45 ** place, 0);
    if (values.length === 1 || values.includes(-1) || value >= 256 ** (values.length - 1)) throw new Invalid("malformed");
    if (values.length === 3) out.push(value >> 8);
    out.push(value & 255);
  }
  return Uint8Array.from(out);
}
function expand(bytes) {
  if (bytes.length > MAX_RECEIPT) throw new Invalid("too_long");
  if (bytes[0] === 0) return bytes.subarray(1);
  if (bytes[0] !== 1) throw new Invalid("not_a_receipt");
  let at = 1;
  const take = (count) => {
    if (at + count > bytes.length) throw new Invalid("truncated");
    at += count;
    return bytes.subarray(at - count, at);
  };
  const count = () => {
    let value = 0n;
    for (let shift = 0n; shift < 63n; shift += 7n) {
      const byte = take(1)[0];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) {
        if (!byte && shift) throw new Invalid("malformed");
        return value;
      }
    }
    throw new Invalid("malformed");
  };
  const string = () => take(Number(count()));
  const words = () => {
    try {
      return utf8(string());
    } catch (error) {
      throw error instanceof Invalid ? error : new Invalid("truncated");
    }
  };
  const index = count(), size = count(), extra = string(), path = [];
  if (index >= size) throw new Invalid("index_outside");
  for (let left = pathLength(index, size); left; left -= 1) path.push(base64(take(32)));
  const origin = words(), root = base64(take(32)), signatures = count();
  if (signatures > MAX_SIGNATURES) throw new Invalid("too_many_signatures");
  const lines = [];
  for (let left = signatures; left; left -= 1n) {
    const name = words() || origin;
    lines.push(`\u2014 ${name} ${base64(concat(take(4), string()))}\n`);
  }
  if (at !== bytes.length) throw new Invalid("too_long");
  const head = [RECEIPT, ...(extra.length ? [`extra ${base64(extra)}`] : []), `index ${index}`, ...path, "", origin, size, root, ""];
  return TEXT.encode(head.map((line) => `${line}\n`).join("") + lines.join(""));
}

// ---------------------------------------------------------------- promises (record/promised.py)

const PROMISE = "answerable/promise/v1", LAST_SECOND = 253402300799n;
const WHITE = " \t\n\r\x0b\x0c"; // what Python strips off bytes
function strip(bytes) {
  let low = 0, high = bytes.length;
  const isWhite = (at) => WHITE.includes(String.fromCharCode(bytes[at]));
  while (low < high && isWhite(low)) low += 1;
  while (high > low && isWhite(high - 1)) high -= 1;
  return bytes.subarray(low, high);
}
const isPromise = (bytes) => octets(strip(bytes).subarray(0, 64)).startsWith(PROMISE + "\n");

function parsePromise(bytes) {
  let note;
  try {
    note = parseNote(concat(strip(bytes), [10]));
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    throw new Invalid("promise_malformed");
  }
  const lines = note.text.split("\n"), after = (line, name) => (line.startsWith(name) ? line.slice(name.length) : "");
  if (lines.length !== 6 || lines[0] !== PROMISE || lines[5] || !isKeyName(lines[1])) throw new Invalid("promise_malformed");
  const leaf = fromBase64(after(lines[2], "leaf "));
  const time = fromDecimal(after(lines[3], "time ")), deadline = fromDecimal(after(lines[4], "deadline "));
  if (!leaf || leaf.length !== 32 || time === null || deadline === null) throw new Invalid("promise_malformed");
  if (time > deadline || deadline > LAST_SECOND) throw new Invalid("promise_malformed");
  return { promise: { origin: lines[1], leaf, time, deadline }, note };
}

// ---------------------------------------------------------------- openings

const OPENING = "answerable/opening/v1\n";

function parseOpening(bytes) {
  const text = octets(bytes);
  if (!text.startsWith(OPENING)) throw new Invalid("not_an_opening");
  const [line, blank, record] = cut(text.slice(OPENING.length), "\n\n");
  const salt = line.startsWith("salt ") ? fromBase64(line.slice(5)) : null;
  if (!blank || !salt || salt.length !== 32) throw new Invalid("opening_malformed");
  return { salt, record: fromOctets(record) };
}
async function entryOf({ salt, record }) {
  return concat([1], await sha256(concat(TEXT.encode("answerable/act/v1\0"), salt, record)));
}
async function extraParts(extra) { // [entry, opening], either null
  if (extra[0] === 0x11 && extra.length > 33) {
    const opened = { salt: extra.slice(1, 33), record: extra.slice(33) };
    return [await entryOf(opened), opened];
  }
  return [(extra[0] === 1 && extra.length === 33) || extra[0] === 2 ? extra : null, null];
}

// ---------------------------------------------------------------- policies

async function believed(bytes) { // a policy file, or nothing but a log's key
  const text = octets(bytes).trim();
  if (text.includes("+") && !/[ \t\n]/.test(text)) {
    const key = await parseKey(text);
    if (key.type !== ED25519) throw new Invalid("key_type", `${key.name}: ${key.type}`);
    return { logs: [key], witnesses: new Map(), groups: new Map(), quorum: "none" };
  }
  return parsePolicy(bytes);
}
async function parsePolicy(bytes) {
  const text = octets(bytes);
  if (bytes.length > MAX_POLICY) throw new Invalid("too_long");
  if (text.includes("\r\n")) throw new Invalid("windows_lines");
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text)) throw new Invalid("policy_malformed", "control characters");
  if (text && !text.endsWith("\n")) throw new Invalid("truncated", "no newline at the end");
  const policy = { logs: [], witnesses: new Map(), groups: new Map(), members: new Set(), quorum: null };
  let at = 0;
  for (const line of text.split("\n")) {
    at += 1;
    const words = line.split(/[ \t]+/).filter((word) => word);
    if (!words.length || words[0].startsWith("#")) continue;
    try {
      await takeLine(policy, words[0], words.slice(1));
    } catch (error) {
      throw error instanceof Invalid ? new Invalid(error.code, `${at}: ${error.detail}`) : error;
    }
  }
  if (policy.quorum === null) throw new Invalid("policy_without_quorum");
  return policy;
}
async function takeLine(policy, keyword, words) {
  const isKnown = (name) => policy.witnesses.has(name) || policy.groups.has(name);
  const newName = (name) => {
    if (name === "none" || isKnown(name)) throw new Invalid("policy_name_twice", name);
  };
  const key = async (text, type, others) => {
    const read = await parseKey(text);
    if (read.type !== type) throw new Invalid("key_type", `${read.name} has type ${read.type}`);
    if (others.some((other) => equal(other.public, read.public))) throw new Invalid("policy_key_twice", read.name);
    return read;
  };
  if (keyword === "log" && (words.length === 1 || words.length === 2)) {
    policy.logs.push(await key(words[0], ED25519, policy.logs));
  } else if (keyword === "witness" && (words.length === 2 || words.length === 3)) {
    newName(words[0]);
    policy.witnesses.set(words[0], await key(words[1], COSIGNATURE, [...policy.witnesses.values()]));
  } else if (keyword === "group" && words.length > 2) {
    const [name, needed, ...members] = words;
    newName(name);
    for (const member of members) {
      if (!isKnown(member)) throw new Invalid("policy_name_unknown", member);
      if (policy.members.has(member)) throw new Invalid("policy_name_twice", member);
      policy.members.add(member);
    }
    const count = needed === "all" ? members.length : needed === "any" ? 1 : Number(fromDecimal(needed) ?? 0n);
    if (count < 1 || count > members.length) throw new Invalid("policy_malformed", `${needed} of ${members.length}`);
    policy.groups.set(name, { needed: count, members });
  } else if (keyword === "quorum" && words.length === 1 && policy.quorum === null) {
    if (words[0] !== "none" && !isKnown(words[0])) throw new Invalid("policy_name_unknown", words[0]);
    policy.quorum = words[0];
  } else {
    throw new Invalid("policy_malformed", keyword);
  }
}
function isMet(policy, cosigned) {
  const has = (name) => {
    const group = policy.groups.get(name);
    return group ? group.members.filter(has).length >= group.needed : policy.witnesses.has(name) && cosigned.includes(name);
  };
  return policy.quorum === "none" || has(policy.quorum);
}
