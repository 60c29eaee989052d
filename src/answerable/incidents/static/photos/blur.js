// Marks on a photograph that is to be checked: drawn with a finger or a mouse, or added and moved with the keyboard.
// What is marked goes to the server as fractions of the picture; the server blurs.
const box = document.querySelector("[data-blur]");
const form = document.querySelector("[data-blur-form]");
const SVG = "http://www.w3.org/2000/svg";
const STEP = 0.02;
const LEAST = 0.01; // of a side: less is a slip of the finger
let marks = [];
let drawing = null;

const sheet = document.createElementNS(SVG, "svg");
const clamp = (n, least = 0, most = 1) => Math.min(most, Math.max(least, n));

function keep() {
  form.elements.boxes.value = JSON.stringify(marks.map((one) => [one.x, one.y, one.w, one.h]));
  form.querySelector("[data-with-marks]").hidden = marks.length === 0;
}

function draw(focused = -1) {
  sheet.replaceChildren(
    ...marks.map((one, n) => {
      const rect = document.createElementNS(SVG, "rect");
      const at = { x: one.x, y: one.y, width: one.w, height: one.h };
      for (const [name, value] of Object.entries(at)) rect.setAttribute(name, `${100 * value}%`);
      rect.setAttribute("tabindex", "0");
      rect.setAttribute("role", "button");
      rect.setAttribute("aria-label", box.dataset.box.replace("{n}", n + 1));
      rect.addEventListener("keydown", (event) => onKey(event, n));
      return rect;
    })
  );
  keep();
  if (focused >= 0) sheet.children[Math.min(focused, marks.length - 1)]?.focus();
}

function onKey(event, n) {
  const one = marks[n];
  const way = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
  if (event.key === "Delete" || event.key === "Backspace") marks.splice(n, 1);
  else if (way && event.shiftKey) {
    one.w = clamp(one.w + way[0], LEAST, 1 - one.x);
    one.h = clamp(one.h + way[1], LEAST, 1 - one.y);
  } else if (way) {
    one.x = clamp(one.x + way[0], 0, 1 - one.w);
    one.y = clamp(one.y + way[1], 0, 1 - one.h);
  } else return;
  event.preventDefault();
  draw(n);
}

function at(event) {
  const here = sheet.getBoundingClientRect();
  return [clamp((event.clientX - here.left) / here.width), clamp((event.clientY - here.top) / here.height)];
}

if (box && form) {
  sheet.setAttribute("role", "group");
  sheet.setAttribute("aria-label", form.querySelector("[data-add]").textContent);
  box.append(sheet);
  const add = form.querySelector("[data-add]");
  add.hidden = false;
  add.addEventListener("click", () => {
    marks.push({ x: 0.4, y: 0.4, w: 0.2, h: 0.2 });
    draw(marks.length - 1);
  });
  sheet.addEventListener("pointerdown", (event) => {
    if (event.target !== sheet) return event.target.focus();
    const [x, y] = at(event);
    drawing = { x, y, w: 0, h: 0, fromX: x, fromY: y };
    marks.push(drawing);
    sheet.setPointerCapture(event.pointerId);
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    const [x, y] = at(event);
    Object.assign(drawing, {
      x: Math.min(x, drawing.fromX),
      y: Math.min(y, drawing.fromY),
      w: Math.abs(x - drawing.fromX),
      h: Math.abs(y - drawing.fromY),
    });
    draw();
  });
  const end = () => {
    drawing = null;
    marks = marks.filter((one) => one.w >= LEAST && one.h >= LEAST);
    draw();
  };
  sheet.addEventListener("pointerup", end);
  sheet.addEventListener("pointercancel", end);
  keep();
}
