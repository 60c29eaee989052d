// How long there is still: the page says it when it is sent, this keeps it true while it stays open.
const EVERY_MS = 15_000;

function say(element) {
  const minutes = (new Date(element.dataset.countdown) - Date.now()) / 60_000;
  const span = Math.abs(minutes);
  if (span >= 120) return; // the hours that the page says stay right for long enough
  const words = minutes < 0 ? element.dataset.late : element.dataset.left;
  const state = element.querySelector(".state") || element;
  const text = [...state.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).pop();
  if (text) text.data = words.replace("{n}", Math.floor(span));
}

function turn() {
  for (const element of document.querySelectorAll("[data-countdown]")) say(element);
}

turn();
setInterval(turn, EVERY_MS);
