// A text box grows with its text and says how much room is left.
function grow(box) {
  if (box.hasAttribute("data-autosize") && box.scrollHeight > box.clientHeight) {
    // Set through the DOM, which the content security policy allows; no style in the page.
    box.style.height = Math.min(box.scrollHeight + 2, 0.7 * window.innerHeight) + "px";
  }
}

function count(box) {
  const line = document.getElementById(box.dataset.countTo);
  if (!line) return;
  const limit = Number(box.dataset.count);
  // Code points, with line breaks as the two characters that a form sends: as the server counts.
  const used = Array.from(box.value.replace(/\r?\n/g, "\r\n")).length;
  line.classList.toggle("count-over", used > limit);
  line.textContent =
    used > limit ? line.dataset.over.replace("{over}", used - limit) : line.dataset.text.replace("{used}", used);
}

function start(root) {
  root.querySelectorAll("textarea").forEach((box) => {
    grow(box);
    if (box.value && box.dataset.count) count(box);
  });
}

document.addEventListener("input", (event) => {
  if (event.target.tagName !== "TEXTAREA") return;
  grow(event.target);
  if (event.target.dataset.count) count(event.target);
});
document.addEventListener("reset", (event) => {
  // The boxes are emptied after this; the count of what stood there before must not stay for the next person.
  const boxes = event.target.querySelectorAll("textarea[data-count]");
  setTimeout(() => boxes.forEach(count));
});
document.addEventListener("htmx:load", (event) => start(event.target));
start(document);
