// The desk only. Warns before unsaved words are left behind, and keeps a draft of fields marked
// data-keep in this tab's own storage, so that a crash or an expired sign-in loses nothing.
// The tab's storage ends with the tab: nothing stays behind on a shared computer.
const PREFIX = "answerable:draft:";
let dirty = false;

function key(box) {
  return PREFIX + location.pathname + ":" + (box.form && box.form.id ? box.form.id + ":" : "") + box.name;
}

function attempt(work) {
  try {
    return work();
  } catch (e) {
    return null; // storage switched off or full
  }
}

function offer(box) {
  const kept = attempt(() => sessionStorage.getItem(key(box)));
  if (!kept || kept === box.value) return;
  if (!box.value) {
    box.value = kept;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function start(root) {
  root.querySelectorAll("[data-keep]").forEach(offer);
}

document.addEventListener("input", (event) => {
  const box = event.target;
  if (!box.form || box.form.method !== "post") return;
  if (box.form.hasAttribute("data-guard") || box.hasAttribute("data-keep")) dirty = true;
  if (box.hasAttribute("data-keep")) {
    attempt(() => (box.value ? sessionStorage.setItem(key(box), box.value) : sessionStorage.removeItem(key(box))));
  }
});

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) dirty = false;
});

// The server says which drafts have arrived: <… data-saved="/desk/cases/1/reply"> on the next page.
document.querySelectorAll("[data-saved]").forEach((mark) => forget(mark.dataset.saved));
document.addEventListener("answerable:saved", (event) => forget(event.detail.value || event.detail));

function forget(path) {
  attempt(() =>
    Object.keys(sessionStorage)
      .filter((name) => name.startsWith(PREFIX + path + ":"))
      .forEach((name) => sessionStorage.removeItem(name))
  );
}

window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});
document.addEventListener("htmx:load", (event) => start(event.target));
start(document);
