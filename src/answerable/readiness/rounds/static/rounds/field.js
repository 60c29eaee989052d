// My rounds on a telephone: what is to be done, one round as a form, what is to be mended and looked at. How it works
// without a network: ../field/device.js.
import * as clock from "../field/clock.js";
import { deviceOf, onSubmit, pictureOf } from "../field/device.js";
import { $, data, element, refuse, say, tell, when } from "../field/page.js";
import { formOf } from "./answers.js";

let work = null; // {rounds, mend, check, subjects, hazards}; null: nothing is known yet
const known = () => work || { rounds: [], mend: [], check: [], subjects: [], hazards: [] };
let doing = null; // the round that is open, with what reads its answers
const half = new Map(); // what was answered of a round that is not done yet, by the round: going back loses nothing

const device = deviceOf({
  name: "answerable-rounds",
  purpose: "answerable/rounds/v1",
  work: () => work,
  setWork: (found) => (work = found),
  show: showWork,
  // What was done here and has not been sent is not shown as open again; nothing that is being typed is taken away.
  taken: (open, waiting) => {
    const sent = waiting.filter((one) => one.state !== "refused");
    const waits = new Set(sent.map((one) => one.about).filter(Boolean));
    const left = (rows) => rows.filter((one) => !waits.has(one.id));
    const { subjects, hazards } = open;
    return { rounds: left(open.rounds), mend: left(open.mend), check: left(open.check), subjects, hazards };
  },
  // A round that was refused is done again: what was written comes back with the reason.
  back: (content) => {
    const round = known().rounds.find((one) => one.id === content.round);
    if (content.kind !== "round" || !round) return false;
    openRound(round, content.answers);
    return true;
  },
  draft: {
    read: () => {
      if (doing) half.set(doing.round.id, doing.given());
      const open = [...half].filter(([id]) => known().rounds.some((one) => one.id === id));
      return open.length ? JSON.stringify(open) : "";
    },
    write: (text) => {
      JSON.parse(text).forEach(([id, answers]) => half.set(id, answers));
      return known().rounds.some((one) => half.has(one.id));
    },
  },
});

// --- the lists

function card(title, ...lines) {
  const item = element("li", "", { className: "card stack-small" });
  item.append(element("h3", title), ...lines.filter(Boolean).map((text) => element("p", text, { className: "small" })));
  return item;
}

function button(text, doThis, css = "button") {
  const verbs = element("div", "", { className: "actions" });
  const found = element("button", text, { className: css, type: "button" });
  found.addEventListener("click", doThis);
  verbs.append(found);
  return verbs;
}

function roundRow(round) {
  const isEarly = Date.parse(round.opens_at) > clock.now();
  const isLate = Date.parse(round.due_at) <= clock.now();
  const due = say(isLate ? "late" : "due", { when: when(round.due_at) });
  const item = card(round.thing, round.plan, `${isLate ? "▲ " : ""}${due}`);
  if (isEarly) item.append(element("p", say("from", { when: when(round.opens_at) }), { className: "small muted" }));
  else item.append(button(say("begin"), () => openRound(round)));
  return item;
}

function box(item, label) {
  const found = element("input", "", { className: "input", maxLength: 500 });
  found.id = `note-${Math.random().toString(36).slice(2)}`;
  item.append(element("label", label, { className: "label", htmlFor: found.id }), found);
  return found;
}

function mendRow(finding) {
  const item = card(finding.name, finding.thing, say("until", { when: clock.day(finding.due_on, data.language) }), finding.note);
  const what = box(item, say("mend_what"));
  item.append(
    button(say("mend"), () => {
      if (!what.value.trim()) return refuse(say("mend_first"));
      return settle("mended", finding, { text: what.value.trim() }, "mend");
    })
  );
  return item;
}

function checkRow(finding) {
  const until = say("until", { when: clock.day(finding.due_on, data.language) });
  const item = card(finding.name, finding.thing, until, say("said_mended", { what: finding.mended_with }));
  const seen = box(item, say("check_note"));
  const look = (is_mended) => {
    if (!is_mended && !seen.value.trim()) return refuse(say("check_first"));
    return settle("checked", finding, { is_mended, text: seen.value.trim() }, "check");
  };
  const verbs = button(say("is_mended"), () => look(true));
  verbs.append(...button(say("not_mended"), () => look(false), "button button-plain").children);
  item.append(verbs);
  return item;
}

async function settle(kind, finding, about, list) {
  refuse("");
  if (!(await device.keep(kind, { finding: finding.id, ...about }, null, { about: finding.id }))) return undefined;
  work[list] = work[list].filter((one) => one.id !== finding.id);
  tell(say("kept"));
  showWork();
  return device.keepWork();
}

function showList(name, rows, rowOf) {
  $(`[data-${name}]`).replaceChildren(...rows.map(rowOf));
  $(`[data-no-${name}]`).hidden = rows.length > 0;
}

// While somebody types, what is typed is not drawn anew: the news are shown when they leave it.
const isTyping = () => $("[data-lists]").contains(document.activeElement) && document.activeElement.value;

function showWork() {
  if (isTyping()) return;
  $("[data-lists]").hidden = work === null || doing !== null; // locked, "nothing to do" would not be true
  const { rounds, mend, check } = known();
  showList("rounds", rounds, roundRow);
  showList("mend", mend, mendRow);
  showList("check", check, checkRow);
}

// --- one round

async function keepPhoto(question, file) {
  const blob = await pictureOf(file);
  return Boolean(blob) && device.keep("photo", { round: doing.round.id, question: question.code }, blob);
}

function openRound(round, answers = half.get(round.id) || {}) {
  refuse("");
  doing = { round, ...formOf(round, known(), $("[data-questions]"), keepPhoto, answers) };
  $("[data-heed]").hidden = !round.heed;
  $("[data-heed]").textContent = round.heed;
  $("[data-about]").textContent = `${round.plan} · ${say("due", { when: when(round.due_at) })}`;
  const title = $("#h-round");
  title.textContent = round.thing;
  $("[data-round]").hidden = false;
  $("[data-lists]").hidden = true;
  title.focus();
}

function leave() {
  if (doing) half.set(doing.round.id, doing.given());
  doing = null;
  $("[data-round]").hidden = true;
  $("[data-lists]").hidden = false;
  showWork();
}

async function finish() {
  if (Date.parse(doing.round.opens_at) > clock.now()) return refuse(say("too_early", { when: when(doing.round.opens_at) }));
  const { answers, missing } = doing.read();
  if (missing) {
    refuse(missing.says);
    return missing.go();
  }
  refuse("");
  const { id } = doing.round;
  if (!(await device.keep("round", { round: id, answers }, null, { about: id }))) return undefined;
  work.rounds = work.rounds.filter((one) => one.id !== id);
  leave();
  half.delete(id);
  device.keepDraft();
  tell(say("kept"));
  return device.keepWork();
}

onSubmit($("[data-answers]"), finish);
$("[data-answers]").addEventListener("input", device.keepDraft);
$("[data-leave]").addEventListener("click", () => {
  refuse("");
  leave();
});
device.begin();
