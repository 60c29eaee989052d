// Changing the language in the middle of a question takes what was typed along.
const answers = document.querySelector("form[data-keeps-words]");

if (answers) {
  document.querySelector("form.language")?.addEventListener("submit", (event) => {
    if (!event.submitter) return;
    event.preventDefault();
    const chosen = document.createElement("input");
    chosen.type = "hidden";
    chosen.name = "language";
    chosen.value = event.submitter.value;
    answers.append(chosen);
    answers.submit();
  });
}
