// Leave now: the button, or Escape three times within two seconds.
// The page goes blank at once, the session is ended in the background, and this entry of the
// history is replaced by a neutral page of ours, which then leads on.
const form = document.querySelector("form[data-leave]");

function leave() {
  document.title = form.dataset.leaveTitle;
  document.body.hidden = true;
  try {
    sessionStorage.clear();
    navigator.sendBeacon(form.action, new FormData(form));
  } catch (e) {
    // Leaving matters more than telling.
  }
  location.replace(form.getAttribute("action"));
}

if (form) {
  let presses = [];
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") {
      presses = [];
      return;
    }
    const now = Date.now();
    presses = presses.filter((at) => now - at < 2000).concat(now);
    if (presses.length >= 3) leave();
  });
  // A page taken from the browser's memory after leaving must not show what was on it.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
