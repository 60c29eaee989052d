// A filter acts when it is changed; without this, its button does. Empty values stay out of the address.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-filters]");
  if (form && event.target.tagName === "SELECT") form.requestSubmit();
});

document.addEventListener("formdata", (event) => {
  if (!event.target.matches("form[data-filters]")) return;
  Array.from(event.formData.keys()).forEach((name) => {
    const values = event.formData.getAll(name).filter((value) => value !== "");
    event.formData.delete(name);
    values.forEach((value) => event.formData.append(name, value));
  });
});
