// Single keys of the desk. They can be switched off (WCAG 2.1.4) and never act while one types.
const OFF = "answerable:keys-off";
const dialog = document.getElementById("keys");
const GO = { h: "a.desk-name" };
let waiting = "";

function isOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch (e) {
    return false;
  }
}

function types(target) {
  // A dialog that has just closed keeps the focus a moment longer.
  if (dialog && dialog.contains(target)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function press(selector) {
  const one = document.querySelector(selector);
  if (one) one.click();
  return Boolean(one);
}

function act(key) {
  if (waiting === "g") {
    waiting = "";
    return GO[key] ? press(GO[key]) : press(`[data-go="${CSS.escape(key)}"]`);
  }
  if (key === "g") {
    waiting = "g";
    setTimeout(() => (waiting = ""), 1200);
    return true;
  }
  if (key === "?" && dialog && dialog.showModal) {
    dialog.showModal();
    return true;
  }
  if (key === "n") return press("a[rel=next]");
  if (key === "p") return press("a[rel=prev]");
  if (key === "u") return press("a[data-up]");
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (types(target)) {
    target.focus();
    if (target.select) target.select();
  } else {
    target.click();
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
    event.preventDefault();
    event.target.form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (dialog && dialog.open) {
    // Closed here and now: the browser's own closing comes a moment later, and the next key would be lost.
    if (event.key === "Escape") {
      event.preventDefault();
      dialog.close();
    }
    return;
  }
  if (types(event.target) || isOff()) return;
  if (act(event.key)) event.preventDefault();
});

document.querySelectorAll("[data-keys-open]").forEach((link) =>
  link.addEventListener("click", (event) => {
    if (!dialog || !dialog.showModal) return;
    event.preventDefault();
    dialog.showModal();
  })
);

document.querySelectorAll("[data-keys-off]").forEach((box) => {
  box.checked = isOff();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(OFF, box.checked ? "1" : "0");
    } catch (e) {
      box.checked = false;
    }
  });
});
