// The field's page: tasks, a line for the log, a photograph. How it works without a network: device.js.
import * as clock from "./clock.js";
import { deviceOf, onSubmit, pictureOf } from "./device.js";
import { $, element, refuse, say, tell, when } from "./page.js";

const line = $("[data-line]");
let work = null; // {incidents, tasks}; null: nothing is known yet
const known = () => work || { incidents: [], tasks: [] };

const device = deviceOf({
  name: "answerable-field",
  purpose: "answerable/field/v1",
  work: () => work,
  setWork: (found) => (work = found),
  show: showWork,
  // What was done here and has not been sent is not shown as open again.
  taken: (open, waiting) => {
    const waits = new Set(waiting.map((one) => one.task).filter(Boolean));
    return { incidents: open.incidents, tasks: open.tasks.filter((task) => !waits.has(task.id)) };
  },
  back: (content) => {
    line.elements.text.value = content.text || "";
    if (content.incident) line.elements.incident.value = content.incident;
    line.elements.text.focus();
    return true;
  },
  draft: {
    read: () => line.elements.text.value,
    write: (text) => {
      if (line.elements.text.value) return false;
      line.elements.text.value = text;
      return true;
    },
  },
});

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
  const more = { task: kind === "done" ? task.id : null };
  if (!(await device.keep(kind, { incident: task.incident, task: task.id, text }, null, more))) return undefined;
  if (kind === "begun") task.begun = true;
  else work.tasks = work.tasks.filter((other) => other.id !== task.id);
  tell(say("kept"));
  showWork();
  return device.keepWork();
}

function showWork() {
  const { incidents, tasks } = known();
  $("[data-tasks]").replaceChildren(...tasks.map(taskRow));
  $("[data-no-tasks]").hidden = tasks.length > 0;
  const select = line.elements.incident;
  const chosen = select.value;
  select.replaceChildren(...incidents.map((one) => element("option", one.name, { value: one.id })));
  if (incidents.some((one) => one.id === chosen)) select.value = chosen;
  $("[data-no-incident]").hidden = incidents.length > 0;
  line.hidden = incidents.length === 0;
}

// --- a line, a photograph

async function writeLine() {
  const text = line.elements.text.value.trim();
  const file = line.elements.photo.files[0];
  const incident = line.elements.incident.value;
  if (!text && !file) return refuse(say("empty"));
  refuse("");
  if (file) {
    const blob = await pictureOf(file);
    if (!blob || !(await device.keep("photo", { incident, text }, blob))) return undefined;
  } else if (!(await device.keep("entry", { incident, text }))) return undefined;
  line.elements.text.value = "";
  line.elements.photo.value = "";
  await device.forgetDraft();
  return tell(say("kept"));
}

onSubmit(line, writeLine);
line.addEventListener("input", device.keepDraft);
device.begin();
