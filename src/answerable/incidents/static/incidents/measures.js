// The draft of the measures follows the level that is chosen, as long as nobody has changed it.
const drafts = document.querySelector("[data-measures]");
const field = document.querySelector("[name=measures]");

if (drafts && field) {
  const of = JSON.parse(drafts.dataset.measures);
  for (const level of document.querySelectorAll("[name=level]")) {
    level.addEventListener("change", () => {
      const isDraft = field.value === "" || Object.values(of).includes(field.value.replace(/\r\n/g, "\n"));
      if (level.checked && isDraft && of[level.value] !== undefined) field.value = of[level.value];
    });
  }
}
