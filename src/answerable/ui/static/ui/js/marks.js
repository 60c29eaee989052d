// Marks on a photograph that is to be checked: boxes and brush strokes, with mouse, finger or keys, or as numbers.
// The form beside it holds them, in hundredths and fractions of the picture; the server makes unreadable what is marked.
const place = document.querySelector("[data-marks]");
const form = document.querySelector("[data-marks-form]");
const SVG = "http://www.w3.org/2000/svg";
const NAMES = ["left", "top", "width", "height"];
const STEP = 2;
const LEAST = 1; // of a hundred: less is a slip of the finger
const MOST = 60;
const clamp = (n, least = 0, most = 100) => Math.min(most, Math.max(least, n));
const round = (n) => Math.round(10 * n) / 10;

if (place && form) {
  const picture = place.querySelector("img");
  const sheet = document.createElementNS(SVG, "svg");
  const rows = form.querySelector("[data-rows]");
  const said = form.querySelector("[data-said]");
  const undo = form.querySelector("[data-undo]");
  const brush = form.querySelector("[data-size]");
  let boxes = []; // [left, top, width, height] in hundredths
  let strokes = []; // [radius, [[x, y], …]] in fractions, the radius of the longer side
  let before = [];
  let drawing = null;

  const aspect = () => (picture.naturalWidth && picture.naturalHeight ? picture.naturalWidth / picture.naturalHeight : 1);
  const sides = () => (aspect() >= 1 ? [1000, 1000 / aspect()] : [1000 * aspect(), 1000]);

  function remember() {
    before.push(JSON.stringify([boxes, strokes]));
    if (before.length > 100) before.shift();
    undo.disabled = false;
  }

  function takeBack() {
    if (!before.length) return;
    [boxes, strokes] = JSON.parse(before.pop());
    undo.disabled = before.length === 0;
    show();
  }

  function keep() {
    form.elements.strokes.value = JSON.stringify(strokes);
    form.querySelector("[data-without-marks]").disabled = boxes.length + strokes.length > 0;
  }

  function writeRows() {
    const focused = [...rows.children].findIndex((row) => row.contains(document.activeElement));
    if (focused >= 0 && rows.children.length === boxes.length) return;
    rows.replaceChildren(
      ...boxes.map((box, n) => {
        const row = form.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
        NAMES.forEach((name, i) => {
          const field = row.querySelector(`[name=${name}]`);
          field.value = round(box[i]);
          field.addEventListener("change", () => typed(n, i, field));
        });
        const away = row.querySelector("[data-take-away]");
        away.hidden = false;
        away.addEventListener("click", () => drop(n));
        return row;
      })
    );
  }

  function typed(n, i, field) {
    const number = Number(field.value.replace(",", "."));
    if (!Number.isFinite(number)) return;
    remember();
    boxes[n][i] = clamp(number);
    field.value = boxes[n][i];
    draw();
    keep();
  }

  function drop(n) {
    remember();
    boxes.splice(n, 1);
    rows.replaceChildren();
    show();
  }

  function made(name, attributes) {
    const one = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
    return one;
  }

  function draw(focused = -1) {
    const [w, h] = sides();
    sheet.setAttribute("viewBox", `0 0 ${w} ${h}`);
    const lines = strokes.map(([radius, points]) =>
      made("polyline", {
        points: [...points, points[points.length - 1]].map(([x, y]) => `${x * w},${y * h}`).join(" "),
        "stroke-width": 2 * radius * Math.max(w, h),
      })
    );
    const frames = boxes.map(([x, y, width, height], n) => {
      const rect = made("rect", {
        x: (x * w) / 100,
        y: (y * h) / 100,
        width: (width * w) / 100,
        height: (height * h) / 100,
        tabindex: 0,
        role: "button",
        "aria-label": place.dataset.box.replace("{n}", n + 1),
      });
      rect.addEventListener("keydown", (event) => onKey(event, n));
      return rect;
    });
    sheet.replaceChildren(...lines, ...frames);
    if (focused >= 0) frames[Math.min(focused, frames.length - 1)]?.focus();
  }

  function show(focused = -1) {
    draw(focused);
    writeRows();
    keep();
  }

  function onKey(event, n) {
    const box = boxes[n];
    const way = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    const isDelete = event.key === "Delete" || event.key === "Backspace";
    if (!way && !isDelete) return;
    event.preventDefault();
    remember();
    if (isDelete) boxes.splice(n, 1);
    else if (event.shiftKey) {
      box[2] = clamp(box[2] + way[0], LEAST, 100 - box[0]);
      box[3] = clamp(box[3] + way[1], LEAST, 100 - box[1]);
    } else {
      box[0] = clamp(box[0] + way[0], 0, 100 - box[2]);
      box[1] = clamp(box[1] + way[1], 0, 100 - box[3]);
    }
    show(n);
  }

  function at(event) {
    const here = sheet.getBoundingClientRect();
    return [clamp((event.clientX - here.left) / here.width, 0, 1), clamp((event.clientY - here.top) / here.height, 0, 1)];
  }

  const isBrush = () => form.elements.tool.value === "brush";

  sheet.addEventListener("pointerdown", (event) => {
    if (event.target.localName === "rect" && !isBrush()) return event.target.focus();
    if ((isBrush() ? strokes : boxes).length >= MOST) return;
    remember();
    const from = at(event);
    drawing = { from, isBrush: isBrush() };
    if (drawing.isBrush) strokes.push([Number(brush.value) / 100, [from]]);
    else boxes.push([100 * from[0], 100 * from[1], 0, 0]);
    sheet.setPointerCapture(event.pointerId);
    draw();
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    const [x, y] = at(event);
    if (drawing.isBrush) {
      const points = strokes[strokes.length - 1][1];
      const [lastX, lastY] = points[points.length - 1];
      if (points.length < 400 && Math.hypot(x - lastX, y - lastY) > 0.004) points.push([+x.toFixed(4), +y.toFixed(4)]);
    } else {
      const [fromX, fromY] = drawing.from;
      boxes[boxes.length - 1] = [Math.min(x, fromX), Math.min(y, fromY), Math.abs(x - fromX), Math.abs(y - fromY)].map(
        (n) => 100 * n
      );
    }
    draw();
  });
  const end = () => {
    if (!drawing) return;
    if (!drawing.isBrush) {
      const [, , width, height] = boxes[boxes.length - 1];
      if (width < LEAST || height < LEAST) [boxes, strokes] = JSON.parse(before.pop());
      undo.disabled = before.length === 0;
    }
    drawing = null;
    show();
  };
  sheet.addEventListener("pointerup", end);
  sheet.addEventListener("pointercancel", end);

  form.querySelector("[data-add]").addEventListener("click", () => {
    if (boxes.length >= MOST) return;
    remember();
    boxes.push([40, 40, 20, 20]);
    rows.replaceChildren();
    show(boxes.length - 1);
  });
  undo.addEventListener("click", () => {
    rows.replaceChildren();
    takeBack();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || /^(INPUT|TEXTAREA)$/.test(event.target.tagName)) return;
    event.preventDefault();
    takeBack();
  });

  async function propose() {
    said.textContent = form.dataset.looking;
    try {
      const answer = await fetch(form.dataset.proposals, { headers: { accept: "application/json" } });
      const told = await answer.json();
      if (told.boxes.length) {
        remember();
        for (const box of told.boxes) if (boxes.length < MOST) boxes.push(box.map((n) => 100 * n));
        show();
      }
      said.textContent = told.said;
    } catch {
      said.textContent = "";
    }
  }

  sheet.setAttribute("role", "group");
  sheet.setAttribute("aria-label", picture.alt);
  sheet.setAttribute("preserveAspectRatio", "none");
  place.append(sheet);
  form.querySelector("[data-tools]").hidden = false;
  form.querySelector("[data-numbers]").open = false;
  const ask = form.querySelector("[data-ask]");
  for (const row of rows.children) {
    const told = NAMES.map((name) => row.querySelector(`[name=${name}]`).value.replace(",", "."));
    if (told.every((one) => one !== "" && Number.isFinite(Number(one)))) boxes.push(told.map(Number));
  }
  try {
    strokes = JSON.parse(form.elements.strokes.value || "[]");
  } catch {
    strokes = [];
  }
  picture.addEventListener("load", () => draw());
  show();
  if (ask && !boxes.length && !strokes.length) {
    ask.hidden = true;
    propose();
  }
}
