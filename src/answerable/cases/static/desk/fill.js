// A canned text goes into the box at the cursor; what stands there already stays.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (!button) return;
  const box = document.getElementById(button.dataset.fill);
  if (!box) return;
  const before = box.value.slice(0, box.selectionStart);
  const gap = before && !before.endsWith("\n") ? "\n" : "";
  box.setRangeText(gap + button.dataset.text, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  const list = button.closest("details");
  if (list) list.open = false; // a dozen texts would lie between the box and what one reads
  box.focus();
});
