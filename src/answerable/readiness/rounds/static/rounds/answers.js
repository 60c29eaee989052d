// The form of one round on a telephone: its questions as elements, what was answered, and what is still missing. An answer
// that is a finding opens what becomes of it.
import { element, say } from "../field/page.js";

let count = 0;
const idOf = (name) => `${name}-${(count += 1)}`;

function labelled(text, control, hint = "") {
  const field = element("div", "", { className: "field" });
  const id = idOf("f");
  control.id = id;
  field.append(element("label", text, { className: "label", htmlFor: id }));
  if (hint) {
    const words = element("p", hint, { className: "hint", id: `${id}-hint` });
    control.setAttribute("aria-describedby", words.id);
    field.append(words);
  }
  field.append(control);
  return field;
}

function select(options, chosen) {
  const found = element("select", "", { className: "select" });
  found.append(...options.map((one) => element("option", one.name, { value: one.code })));
  if (options.some((one) => one.code === chosen)) found.value = chosen;
  return found;
}

function radios(question, options) {
  const group = element("fieldset", "", { className: "field choices" });
  group.append(element("legend", question.ask, { className: "label" }));
  if (question.hint) group.append(element("p", question.hint, { className: "hint" }));
  const name = idOf(question.code);
  for (const one of options) {
    const choice = element("label", "", { className: "choice" });
    const box = element("input", "", { type: "radio", name, value: one.code });
    choice.append(box, element("span", one.name, { className: "choice-text" }));
    group.append(choice);
  }
  const boxes = [...group.querySelectorAll("input")];
  const read = () => (boxes.find((box) => box.checked) || { value: "" }).value;
  return { field: group, read, write: (value) => boxes.forEach((box) => (box.checked = box.value === value)) };
}

// As people type a number: full-width figures, a comma for the point (rules.measure_of does the same).
const plain = (text) => text.trim().normalize("NFKC").replace(",", ".").replace("−", "-");

// Whether an answer is a finding, as the server will judge it.
export function isFinding(question, value) {
  if (!value) return false;
  if (question.kind === "yes_no") return value === question.wrong;
  if (question.kind === "choice") return question.choices.some((one) => one.code === value && one.wrong);
  if (question.kind !== "measure") return false;
  const number = Number(plain(value));
  if (Number.isNaN(number)) return false;
  return (question.least !== null && number < question.least) || (question.most !== null && number > question.most);
}

function answered(question) {
  if (question.kind === "yes_no") {
    return radios(question, [
      { code: "yes", name: say("yes") },
      { code: "no", name: say("no") },
    ]);
  }
  if (question.kind === "choice") return radios(question, question.choices);
  const isNote = question.kind === "note";
  const box = element(isNote ? "textarea" : "input", "", { className: isNote ? "textarea" : "input", maxLength: 500 });
  if (!isNote) box.inputMode = "decimal";
  const ask = question.unit ? say("with_unit", { ask: question.ask, unit: question.unit }) : question.ask;
  return { field: labelled(ask, box, question.hint), read: () => box.value.trim(), write: (value) => (box.value = value) };
}

// What becomes of a finding: shown while the answer is one.
function outcome(question, work, hasPlace) {
  const part = element("div", "", { className: "card stack-small", hidden: true });
  const note = element("input", "", { className: "input", maxLength: 500 });
  const ways = ["repair", "case", ...(hasPlace ? ["incident"] : [])].map((code) => ({ code, name: say(code) }));
  const becomes = select(ways, question.becomes);
  const nothing = { code: "", name: "—" };
  const subject = select([nothing, ...work.subjects], question.subject);
  const hazard = select([nothing, ...work.hazards], question.hazard);
  const rows = { case: labelled(say("subject"), subject), incident: labelled(say("hazard"), hazard) };
  const choose = () => Object.entries(rows).forEach(([code, row]) => (row.hidden = becomes.value !== code));
  becomes.addEventListener("change", choose);
  part.append(
    element("p", `▲ ${say("wrong")}`),
    labelled(say("note"), note, say("note_hint")),
    labelled(say("becomes"), becomes),
    rows.case,
    rows.incident
  );
  choose();
  const write = (given) => {
    note.value = given.note || "";
    if (given.becomes) becomes.value = given.becomes;
    if (given.subject) subject.value = given.subject;
    if (given.hazard) hazard.value = given.hazard;
    choose();
  };
  const read = () => ({
    note: note.value.trim(),
    becomes: becomes.value,
    subject: becomes.value === "case" ? subject.value : "",
    hazard: becomes.value === "incident" ? hazard.value : "",
  });
  return { part, read, write, subject: rows.case, hazard: rows.incident };
}

function unmark(place) {
  place.querySelectorAll(".field-wrong").forEach((field) => field.classList.remove("field-wrong"));
  place.querySelectorAll("[data-lacks]").forEach((words) => words.remove());
}

function mark(field, says) {
  field.classList.add("field-wrong");
  const words = element("p", says, { className: "error" });
  words.dataset.lacks = "";
  const control = field.querySelector("input, select, textarea");
  field.insertBefore(words, control.closest(".choice") || control);
  control.focus();
}

function photographed(question, take) {
  const box = element("input", "", { className: "input", type: "file", accept: "image/*" });
  box.setAttribute("capture", "environment");
  const field = labelled(question.ask, box, say("photo"));
  const said = element("p", "", { className: "small" });
  field.append(said);
  box.addEventListener("change", async () => {
    if (!box.files[0]) return;
    if (await take(question, box.files[0])) said.textContent = say("photo_kept");
    box.value = "";
  });
  return field;
}

// Puts the questions of a round into `place`; `take(question, file)` keeps a photograph; `before`: answers that came back.
// Returns `read`, what reads the answers: {answers}, or {missing}: what is said of the first that will not do, and `go`, which
// leads to it; and `given`, which reads them as they are.
export function formOf(round, work, place, take, before = {}) {
  const parts = round.questions.map((question) => {
    if (question.kind === "photograph") return { question, field: photographed(question, take) };
    const answer = answered(question);
    const after = question.becomes ? outcome(question, work, round.has_place) : null;
    const look = () => after && (after.part.hidden = !isFinding(question, answer.read()));
    const given = before[question.code];
    if (given) {
      answer.write(given.value || "");
      if (after) after.write(given);
      look();
    }
    answer.field.addEventListener("input", look);
    answer.field.addEventListener("change", look);
    return { question, field: answer.field, answer, after };
  });
  place.replaceChildren(...parts.flatMap((one) => (one.after ? [one.field, one.after.part] : [one.field])));
  const asked = parts.filter((one) => one.answer);
  // The first thing missing is said where it is missing too: on a telephone the top of the page is out of sight.
  const lacking = (name, question, field) => {
    const says = say(name, { ask: question.ask });
    return { missing: { says, go: () => mark(field, says) } };
  };
  const read = () => {
    unmark(place);
    const answers = {};
    for (const { question, field, answer, after } of asked) {
      const value = answer.read();
      if (!value && question.needed) return lacking("answer_first", question, field);
      if (!value) continue;
      if (question.kind === "measure" && (plain(value) === "" || Number.isNaN(Number(plain(value))))) {
        return lacking("no_number", question, field);
      }
      answers[question.code] = { value };
      if (!after || !isFinding(question, value)) continue;
      const more = after.read();
      if (more.becomes === "case" && !more.subject) return lacking("choose_subject", question, after.subject);
      if (more.becomes === "incident" && !more.hazard) return lacking("choose_hazard", question, after.hazard);
      Object.assign(answers[question.code], more);
    }
    return { answers };
  };
  const given = () =>
    Object.fromEntries(asked.map(({ question, answer, after }) => [question.code, { ...(after ? after.read() : {}), value: answer.read() }]));
  return { read, given };
}
