// The live board: rows that changed come by a stream and take the place of the old ones; without a stream the board asks
// for itself (htmx) every few seconds; the clocks go on by themselves. Without this script a link shows the newest state.
const ALIVE_FOR_MS = 40000;
const AGAIN_MS = 60000; // after a stream was refused
const find = () => document.querySelector("[data-live-board]");

let source = null;
let aliveAt = -ALIVE_FOR_MS;
let refusedAt = -AGAIN_MS;
let askedAt = performance.now();
let answeredAt = performance.now();
let offset = 0; // the server's clock minus ours, whatever ours says

const seq = () => Number(find().dataset.seq);

// --- rows

function put(list, key, order, html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  const row = made.content.firstElementChild;
  const old = document.getElementById(key);
  if (!list || !row) return;
  row.classList.add("is-new");
  setTimeout(() => row.classList.remove("is-new"), 4000);
  // A line of the log that changes stays where it is, on an earlier page too.
  if (old && old.dataset.order === order && (old.parentElement === list || list.dataset.list === "log")) return void old.replaceWith(row);
  if (old) old.remove();
  const after = [...list.children].find((one) => one.dataset.order > order);
  list.insertBefore(row, after || null);
  const most = Number(list.dataset.most || 0);
  while (most && list.children.length > most) list.lastElementChild.remove();
}

// The wall shows what hurts first. How much more there is stands under it: nobody may take the part for the whole.
function rest() {
  for (const place of document.querySelectorAll(".board-wall [data-rest]")) {
    const rows = [...place.parentElement.querySelectorAll("[data-list] > :not(.is-done)")];
    const more = rows.filter((row) => getComputedStyle(row).display === "none").length;
    place.hidden = !more;
    place.textContent = place.dataset.rest.replace("{n}", more);
  }
}

function take(change) {
  const board = find();
  if (change.seq <= seq()) return;
  for (const key of change.gone) document.getElementById(key)?.remove();
  for (const [key, list, order, html] of change.rows) put(board.querySelector(`[data-list="${list}"]`), key, order, html);
  board.dataset.seq = change.seq;
  tick();
  rest();
}

// --- clocks

function span(minutes, words) {
  const text = minutes >= 100 ? words.hours : words.minutes;
  return text.replace("{n}", minutes).replace("{h}", Math.floor(minutes / 60)).replace("{m}", minutes % 60);
}

function tick() {
  const board = find();
  const now = Date.now() + offset;
  for (const clock of board.querySelectorAll("[data-due]")) {
    const left = Date.parse(clock.dataset.due) - now;
    const look = left <= 0 ? "late" : left <= 600000 ? "soon" : "ontime";
    const minutes = left <= 0 ? Math.max(1, Math.ceil(-left / 60000)) : Math.ceil(left / 60000);
    const text = board.dataset[left <= 0 ? "late" : "left"].replace("{t}", span(minutes, board.dataset));
    if (clock.dataset.says === look + text) continue;
    clock.dataset.says = look + text;
    const state = board.querySelector(`template[data-look="${look}"]`).content.firstElementChild.cloneNode(true);
    state.lastChild.textContent = text;
    clock.replaceChildren(state);
  }
}

// --- the stream, or asking

function say(word) {
  const place = find().querySelector("[data-live-word]");
  if (place && place.textContent !== place.dataset[word]) place.textContent = place.dataset[word];
}

function ask() {
  askedAt = performance.now();
  const board = find();
  board.setAttribute("hx-get", board.getAttribute("hx-get").replace(/since=\d+/, `since=${seq()}`));
  htmx.process(board);
  htmx.trigger(board, "board-ask");
}

function alive() {
  aliveAt = answeredAt = performance.now();
  say("on");
}

function listen() {
  const address = find().dataset.stream;
  if (source || !address || !("EventSource" in window) || performance.now() - refusedAt < AGAIN_MS) return;
  source = new EventSource(`${address}&seen=${seq()}`, { withCredentials: true });
  source.addEventListener("alive", alive);
  source.addEventListener("rows", (event) => {
    alive();
    take(JSON.parse(event.data));
  });
  source.addEventListener("stands", (event) => {
    alive();
    if (JSON.parse(event.data).seq > seq()) ask();
  });
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return;
    source = null;
    refusedAt = performance.now();
  });
}

function turn() {
  tick();
  listen();
  const hasStream = performance.now() - aliveAt < ALIVE_FOR_MS;
  const pause = hasStream ? 60000 : 1000 * Number(find().dataset.poll);
  if (!hasStream && performance.now() - aliveAt > ALIVE_FOR_MS) say(performance.now() - answeredAt > 3 * pause ? "away" : "asks");
  if (document.visibilityState === "visible" && performance.now() - askedAt >= pause) ask();
}

function settle() {
  offset = Date.parse(find().dataset.now) - Date.now();
  tick();
  rest();
}

if (find()) {
  settle();
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) answeredAt = performance.now();
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "board" || event.target.id === "board") settle();
  });
  document.addEventListener("visibilitychange", turn);
  listen();
  setInterval(turn, 1000);
}
