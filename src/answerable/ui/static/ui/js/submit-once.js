// A second click does not send a second time. The server guards against it as well.
const WAIT = 8000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-many")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const button = event.submitter;
  // After the browser has read the button's value, not before.
  setTimeout(() => button && button.setAttribute("aria-disabled", "true"), 0);
  setTimeout(() => release(form), WAIT);
});

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-disabled]").forEach((one) => one.removeAttribute("aria-disabled"));
}

window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest && event.target.closest("form");
  if (form) release(form);
});
