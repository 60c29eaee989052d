// Lists by keyboard: j k or the arrows move, Enter or o opens, x marks. A click anywhere in a row opens it.
const OPENS = "a[data-row-link]";

function rows() {
  return Array.from(document.querySelectorAll("tr[data-row]"));
}

function current() {
  return document.querySelector("tr.row-current");
}

function choose(row) {
  const old = current();
  if (old) old.classList.remove("row-current");
  row.classList.add("row-current");
  const link = row.querySelector(OPENS);
  if (link) link.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const here = all.indexOf(current());
  choose(all[Math.min(Math.max(here + by, 0), all.length - 1)]);
  return true;
}

function isBusy(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT|BUTTON|SUMMARY)$/.test(target.tagName);
}

function isOff() {
  try {
    return localStorage.getItem("answerable:keys-off") === "1";
  } catch (e) {
    return false;
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isBusy(event.target)) return;
  const arrows = event.key === "ArrowDown" || event.key === "ArrowUp";
  // Arrows scroll the page until the reader is in the list.
  if (arrows ? !current() : isOff()) return;
  let done = false;
  if (event.key === "j" || event.key === "ArrowDown") done = step(1);
  if (event.key === "k" || event.key === "ArrowUp") done = step(-1);
  const row = current();
  if (event.key === "o" && row) {
    row.querySelector(OPENS).click();
    done = true;
  }
  if (event.key === "x" && row) {
    const box = row.querySelector("input[type=checkbox]");
    if (box) {
      box.click();
      done = true;
    }
  }
  if (done) event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("tr[data-row]");
  if (row && row !== current()) {
    const old = current();
    if (old) old.classList.remove("row-current");
    row.classList.add("row-current");
  }
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-row]");
  if (!row || event.target.closest("a, button, input, label, select, summary")) return;
  if (String(getSelection())) return; // someone is selecting text
  const link = row.querySelector(OPENS);
  if (!link) return;
  if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
  else link.click();
});
