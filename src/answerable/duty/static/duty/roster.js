// A draft by hand: drag a name to another place, or pick it up with the space bar and carry it with the arrow keys.
// Without this, every name leads to a page where people are chosen.
const say = document.getElementById("roster-say");
let held = null; // {person, name, from, element}: what is being carried
let here = null; // the cell that keys have reached
let over = null; // whom in it, where it is full and holds several

// The bar of alarms above has a data-board of its own.
const board = () => document.querySelector("[data-board][data-move]");

function tell(text) {
  if (say) say.textContent = text;
}

function pick(element) {
  const cell = element.closest("[data-cell]");
  held = { person: element.dataset.person, name: element.dataset.name, from: cell ? cell.dataset.cell : "", element };
  here = cell;
  element.classList.add("roster-picked");
}

function leave() {
  if (held) held.element.classList.remove("roster-picked");
  document.querySelectorAll(".roster-over").forEach((one) => one.classList.remove("roster-over"));
  held = null;
  here = null;
  over = null;
}

function put(target, onto) {
  const { person, from } = held;
  leave();
  if (target === from) return;
  const anchor = [...document.querySelectorAll("[data-cell]")].find((one) => one.dataset.cell === target);
  const id = anchor ? anchor.id : "";
  htmx
    .ajax("POST", board().dataset.move, {
      target: "#board",
      swap: "outerHTML",
      values: { person, from, to: target, onto: onto || "", version: board().dataset.version },
    })
    .then(() => {
      const cell = id && document.getElementById(id);
      const chip = cell && cell.querySelector(`[data-person="${person}"]`);
      if (chip) chip.focus();
      else if (cell) cell.focus();
    });
}

// Where a full place holds one person, a drop changes the two; where it holds several, say onto whom.
function drop(cell, chip) {
  let onto = chip && chip.dataset.person !== held.person ? chip.dataset.person : "";
  const chips = [...cell.querySelectorAll("[data-person]")];
  if (!onto && chips.length >= Number(cell.dataset.need)) {
    if (chips.length !== 1) {
      tell(say.dataset.full);
      leave();
      return;
    }
    onto = chips[0].dataset.person;
  }
  put(cell.dataset.cell, onto);
}

document.addEventListener("dragstart", (event) => {
  const element = event.target.closest && event.target.closest("[data-board] [data-person]");
  if (!element) return;
  pick(element);
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", element.dataset.name);
});

document.addEventListener("dragover", (event) => {
  const cell = held && event.target.closest("[data-cell]");
  if (!cell) return;
  event.preventDefault();
  document.querySelectorAll(".roster-over").forEach((one) => one.classList.toggle("roster-over", one === cell));
  cell.classList.add("roster-over");
});

document.addEventListener("drop", (event) => {
  const cell = held && event.target.closest("[data-cell]");
  if (!cell) return;
  event.preventDefault();
  drop(cell, event.target.closest("[data-person]"));
});

document.addEventListener("dragend", leave);

// Left and right go through the people of a full place before they leave it.
function among(key) {
  const chips = here ? [...here.querySelectorAll("[data-person]")].filter((one) => one !== held.element) : [];
  if (chips.length < 2 || here.querySelectorAll("[data-person]").length < Number(here.dataset.need)) return false;
  const next = chips[chips.indexOf(over) + (key === "ArrowRight" ? 1 : -1)];
  if (!next) return false;
  choose(next);
  return true;
}

function choose(chip) {
  if (over) over.classList.remove("roster-over");
  over = chip;
  chip.classList.add("roster-over");
  tell(say.dataset.at.replace("{place}", chip.dataset.name));
}

function step(key) {
  if ((key === "ArrowRight" || key === "ArrowLeft") && among(key)) return;
  const row = here ? here.parentElement : held.element.closest("tr");
  const rows = [...document.querySelectorAll(".roster tbody tr")].filter((one) => one.querySelector("[data-cell]"));
  if (!rows.length) return;
  const at = here ? [...row.children].indexOf(here) : -1;
  let next = null;
  if (!here || !row.closest(".roster")) next = rows[0].querySelector("[data-cell]");
  else if (key === "ArrowRight" || key === "ArrowLeft") {
    const cells = [...row.querySelectorAll("[data-cell]")];
    next = cells[cells.indexOf(here) + (key === "ArrowRight" ? 1 : -1)];
  } else {
    const to = rows[rows.indexOf(row) + (key === "ArrowDown" ? 1 : -1)];
    next = to && (to.children[at].matches("[data-cell]") ? to.children[at] : to.querySelector("[data-cell]"));
  }
  if (!next) return;
  document.querySelectorAll(".roster-over").forEach((one) => one.classList.remove("roster-over"));
  here = next;
  over = null;
  here.classList.add("roster-over");
  here.focus();
  const chips = [...here.querySelectorAll("[data-person]")];
  if (chips.length > 1 && chips.length >= Number(here.dataset.need)) {
    choose(chips[key === "ArrowLeft" ? chips.length - 1 : 0]);
    return;
  }
  tell(say.dataset.at.replace("{place}", here.getAttribute("aria-label")));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey) {
    const undo = event.key === "z" && !event.target.closest("input, textarea") && document.querySelector("[data-undo]");
    if (undo && !undo.disabled) {
      event.preventDefault();
      undo.click();
    }
    return;
  }
  const element = event.target.closest && event.target.closest("[data-board] [data-person]");
  if (!held) {
    if (!element) return;
    if (event.key === " ") {
      event.preventDefault();
      pick(element);
      tell(say.dataset.picked.replace("{name}", held.name));
    } else if (event.key === "Delete" && element.closest("[data-cell]")) {
      event.preventDefault();
      pick(element);
      put("", "");
    }
    return;
  }
  if (event.key.startsWith("Arrow")) step(event.key);
  else if (event.key === "Enter" || event.key === " ") {
    if (here) drop(here, over);
    else leave();
  } else if (event.key === "Escape") {
    const back = held.element;
    leave();
    back.focus();
    tell(say.dataset.left);
  } else if (event.key === "Delete" && held.from) put("", "");
  else return;
  event.preventDefault();
});
