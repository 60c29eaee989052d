// What the receipt proves: record/verifying.py, step for step and code for code.

const TOLERANCE = 300n;

async function verdictOf(receipt, policy, opening = null) {
  try {
    if (isPromise(receipt)) return await decidePromise(parsePromise(receipt), opening ? parseOpening(opening) : null, policy);
    return await decide(parseReceipt(receiptOf(receipt)), opening ? parseOpening(opening) : null, policy);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return { code: error.code, detail: error.detail };
  }
}

async function decide(proof, opened, policy) {
  const [named, brought] = await extraParts(proof.extra);
  const entry = opened ? await entryOf(opened) : named;
  if (opened && named && !equal(named, entry)) throw new Invalid("opening_mismatch");
  if (!entry) throw new Invalid("leaf_unknown");
  await requireLog(proof, policy);
  const [sightings, seenAt] = await sightingsOf(proof.note, policy);
  await requireInclusion(await leafHash(entry), proof);
  const found = { code: "proved", log: proof.head.origin, index: proof.index, size: proof.head.size, sightings, seenAt, act: null, record: null };
  const content = opened || brought;
  if (entry[0] === 2) {
    found.record = entry.slice(1);
  } else if (content) {
    found.act = readAct(content.record);
    found.record = content.record;
    const isLate = seenAt !== null && found.act.recordedAt > (seenAt + TOLERANCE) * 1000000n;
    if (isLate) throw new Invalid("time_contradicted");
  }
  found.gaps = [
    ...(found.record && found.record.length ? [] : ["content_closed"]),
    ...(seenAt === null ? ["time_unconfirmed"] : []),
    ...(policy.quorum === "none" ? ["views_unwatched"] : []),
    ...(found.act && found.act.happenedAt !== null ? ["claim_unproved"] : []),
    "truth_unproved",
  ];
  return found;
}

async function decidePromise({ promise, note }, opened, policy) {
  if (!policy.logs.length) throw new Invalid("policy_without_log");
  const name = `${promise.origin}/promise`, known = policy.logs.filter((key) => key.name === name);
  if (!known.length) throw new Invalid("promise_key_unknown", name);
  if (!(await signedBy(note, known, "promise_signature_wrong")).length) throw new Invalid("promise_foreign_key", name);
  if (opened && !equal(await leafHash(await entryOf(opened)), promise.leaf)) throw new Invalid("opening_mismatch");
  const act = opened ? readAct(opened.record) : null;
  const gaps = ["not_yet_in_log", ...(opened ? [] : ["content_closed"]), "time_unconfirmed", "truth_unproved"];
  return { code: "promised", log: promise.origin, promise, sightings: [], seenAt: null, act, record: opened ? opened.record : null, gaps };
}

async function requireLog({ note, head }, policy) {
  if (!policy.logs.length) throw new Invalid("policy_without_log");
  const signed = (await signedBy(note, policy.logs, "signature_wrong")).map((key) => key.name);
  if (signed.includes(head.origin)) return;
  if (signed.length) throw new Invalid("wrong_origin", head.origin);
  const isNamed = policy.logs.some((key) => key.name === head.origin);
  throw new Invalid(isNamed ? "foreign_key" : "another_log", head.origin);
}

async function sightingsOf(note, policy) {
  const seen = [];
  await signedBy(note, policy.witnesses.values(), "cosignature_wrong");
  for (const [witness, key] of policy.witnesses) {
    const times = linesOf(note, key).map((line) => number(line.signature.subarray(0, 8)));
    if (!times.length) continue;
    const time = times.reduce((one, other) => (other < one ? other : one));
    if (time > LAST_SECOND) throw new Invalid("cosignature_wrong", key.name);
    seen.push({ witness, time });
  }
  seen.sort((one, other) => (one.time === other.time ? (one.witness < other.witness ? -1 : 1) : one.time < other.time ? -1 : 1));
  const names = seen.map((one) => one.witness);
  if (!isMet(policy, names)) throw new Invalid("quorum_not_met", names.join(", "));
  const enough = seen.findIndex((one, at) => isMet(policy, names.slice(0, at + 1)));
  return [seen, enough < 0 ? null : seen[enough].time];
}

async function requireInclusion(leaf, { index, path, head }) {
  const leadsThere = async (order) => equal(await rootFrom(leaf, index, head.size, order), head.root);
  if (await leadsThere(path)) return;
  // Only to say what happened: a path whose lines changed places was not forged, but copied badly.
  const orders = [[...path].reverse()];
  for (let one = 0; one < path.length; one += 1) {
    for (let other = one + 1; other < path.length; other += 1) {
      const order = [...path];
      [order[one], order[other]] = [order[other], order[one]];
      orders.push(order);
    }
  }
  for (const order of orders) if (await leadsThere(order)) throw new Invalid("reordered");
  throw new Invalid("not_in_tree");
}

function readAct(record) {
  try {
    const fields = JSON.parse(utf8(record));
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) throw new TypeError();
    const claimed = fields.happened_at ?? null;
    if (count(fields.v) !== 1) throw new TypeError();
    return {
      kind: words(fields.act),
      matter: words(fields.matter),
      seq: count(fields.seq),
      recordedAt: instantOf(fields.recorded_at),
      happenedAt: claimed === null ? null : instantOf(claimed),
      claimedBy: "claimed_by" in fields ? words(fields.claimed_by) : "",
    };
  } catch {
    throw new Invalid("record_unreadable");
  }
}
function words(value) {
  if (typeof value !== "string") throw new TypeError();
  return value;
}
function count(value) {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 53) throw new TypeError();
  return value;
}
function instantOf(value) { // microseconds since 1970
  const parts = /^((?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})\+00:00$/.exec(words(value));
  const at = Date.parse(`${parts[1]}Z`);
  if (new Date(at).toISOString().slice(0, 19) !== parts[1]) throw new TypeError();
  return BigInt(at) * 1000n + BigInt(parts[2]);
}
