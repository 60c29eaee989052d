// A menu hangs towards the side that has room, the arrows go through it, and it closes on Escape, on a click elsewhere
// and when one moves on from it.
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches("details.menu")) return;
  delete menu.dataset.end;
  const body = menu.querySelector(".menu-body");
  const page = document.documentElement.clientWidth;
  if (menu.open && body && body.getBoundingClientRect().right > page) menu.dataset.end = "";
}, true);

// Before whoever else listens for arrows: rows of a list move by them too.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const menu = event.target.closest("details.menu");
  if (!menu || !/^(SUMMARY|A|BUTTON)$/.test(event.target.tagName)) return;
  event.preventDefault();
  event.stopPropagation();
  menu.open = true;
  const all = [menu.querySelector("summary"), ...menu.querySelectorAll(".menu-body a[href], .menu-body button")];
  const next = all.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
  all[(next + all.length) % all.length].focus();
}, true);

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

// Colours change at once; the form then stores the choice.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-theme-form]") || !event.submitter) return;
  const theme = event.submitter.value;
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
});
