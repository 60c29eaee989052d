// The error summary takes the focus; its links put the cursor into the field; what did not
// get through is said in the message region.
function start(root) {
  const summary = root.matches && root.matches("[data-focus]") ? root : root.querySelector("[data-focus]");
  if (summary) summary.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a[href^='#']");
  if (!link) return;
  const field = document.getElementById(link.getAttribute("href").slice(1));
  if (!field) return;
  event.preventDefault();
  const top = field.closest("fieldset") || field.closest(".field") || field;
  top.scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
});

function away() {
  const region = document.getElementById("flashes");
  if (!region || region.querySelector("[data-away-line]")) return;
  const line = document.createElement("div");
  line.className = "flash tone-late";
  line.dataset.awayLine = "1";
  const text = document.createElement("span");
  text.className = "flash-text";
  text.textContent = region.dataset.away;
  line.append(text);
  region.append(line);
}

["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach((name) => document.addEventListener(name, away));
document.addEventListener("htmx:afterOnLoad", () => {
  const line = document.querySelector("[data-away-line]");
  if (line) line.remove();
});
document.addEventListener("htmx:load", (event) => start(event.target));
start(document);
