// Urgent alarms that ask me, on every page of the desk: a bar, and a sound once somebody has allowed it. Of the others a
// number.
//
// Of all tabs of a browser one listens to the stream and tells the others (browsers allow six connections a host).
// While no stream is alive, each visible tab asks every few seconds; with one, once a minute all the same.
const bar = document.querySelector("[data-alarms]");
const SHOWN = 3; // rows; the board has all
const ASK_MS = 7000;
const SLOW_MS = 60000;
const ALIVE_FOR_MS = 40000;
const AGAIN_MS = 300000; // after a stream was refused

let mark = "";
let aliveAt = 0;
let isLeader = false;
let isOver = false;
let alarms = [];
let asking = false;
const words = bar ? bar.dataset : {};
const channel = bar && "BroadcastChannel" in window ? new BroadcastChannel("answerable:alarms") : null;

function csrf() {
  try {
    return JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];
  } catch {
    return "";
  }
}

async function ask() {
  if (asking || isOver) return;
  asking = true;
  try {
    const headers = mark ? { "If-None-Match": mark } : {};
    const answer = await fetch(words.alarms, { headers, credentials: "same-origin", redirect: "manual", cache: "no-store" });
    // Signed out, or sent to set up a second factor first: this page asks no more.
    if (answer.status === 204 || answer.type === "opaqueredirect") isOver = true;
    if (answer.status === 200) take(await answer.json(), answer.headers.get("ETag") || "");
  } catch {
    // Away for the moment: the next turn asks again.
  } finally {
    asking = false;
  }
}

function take(told, newMark) {
  mark = newMark;
  show(told.alarms, told.said);
  whisper(told.calm || {});
  if (isLeader && told.stream) listen(told.stream);
}

// --- the bar

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function row(alarm) {
  const line = element("div", "alarm-row");
  const text = element("a", "alarm-text", `${alarm.at} ${alarm.text}`);
  text.href = alarm.link;
  line.append(text);
  for (const [answer, word, look] of [
    ["have_it", words.have, "button"],
    ["passed", words.pass, "button button-plain"],
  ]) {
    const button = element("button", look, word);
    button.type = "button";
    button.addEventListener("click", () => send(alarm, answer, line));
    line.append(button);
  }
  return line;
}

function show(list, said) {
  const known = new Set(alarms.map((one) => one.asked));
  const isNew = list.some((one) => !known.has(one.asked));
  const isLoud = list.some((one) => one.urgent && !known.has(one.asked));
  const isSame = !isNew && list.length === alarms.length;
  alarms = list;
  if (!isSame || said) {
    const rows = bar.querySelector("[data-alarm-rows]");
    rows.replaceChildren(...list.slice(0, SHOWN).map(row));
    if (list.length > SHOWN) {
      const all = element("a", "alarm-all", words.all.replace("{n}", list.length));
      all.href = words.board;
      rows.append(all);
    }
    if (said) rows.append(element("p", "alarm-said", said));
  }
  bar.hidden = !list.length && !said;
  if (isLoud) ring();
  document.title = (list.length ? "● " : "") + document.title.replace(/^● /, "");
}

// What is not urgent: one quiet line with a number, neither red nor loud.
function whisper(calm) {
  const line = document.querySelector("[data-alarms-calm]");
  if (!line) return;
  line.hidden = !calm.text;
  line.replaceChildren();
  if (!calm.text) return;
  const link = element("a", "", calm.text);
  link.href = calm.link;
  line.append(link);
}

async function send(alarm, answer, line) {
  for (const button of line.querySelectorAll("button")) button.disabled = true;
  try {
    const body = new URLSearchParams({ answer });
    const headers = { "X-CSRFToken": csrf() };
    const said = await fetch(alarm.answer, { method: "POST", body, headers, credentials: "same-origin", redirect: "manual" });
    if (!said.ok) throw new Error(said.status);
    const told = await said.json();
    mark = "";
    alarms = [];
    show(told.alarms, told.said);
    whisper(told.calm || {});
    if (channel) channel.postMessage({ changed: true });
  } catch {
    for (const button of line.querySelectorAll("button")) button.disabled = false;
    show(alarms, words.away);
  }
}

// --- the sound: browsers play none until somebody pressed something on the page

let sound = null;
let ringing = 0;

function wants() {
  try {
    return localStorage.getItem("answerable:sound") === "on";
  } catch {
    return false;
  }
}

function isOn() {
  return Boolean(sound) && sound.state === "running" && wants();
}

function say() {
  const button = document.querySelector("[data-sound]");
  if (!button) return;
  button.hidden = false;
  button.setAttribute("aria-pressed", String(isOn()));
  button.querySelector("[data-sound-word]").textContent = isOn() ? words.soundOn : words.soundOff;
  button.classList.toggle("sound-off", !isOn());
}

async function unlock() {
  if (!("AudioContext" in window)) return;
  sound = sound || new AudioContext();
  sound.onstatechange = say;
  // A browser that does not allow it leaves the promise open; nobody waits for it.
  if (sound.state !== "running") sound.resume().then(say, say);
  say();
}

function tone(at, high) {
  const wave = sound.createOscillator();
  const level = sound.createGain();
  wave.frequency.value = high;
  level.gain.setValueAtTime(0.0001, at);
  level.gain.exponentialRampToValueAtTime(0.5, at + 0.02);
  level.gain.exponentialRampToValueAtTime(0.0001, at + 0.28);
  wave.connect(level).connect(sound.destination);
  wave.start(at);
  wave.stop(at + 0.3);
}

function ring() {
  clearInterval(ringing);
  const once = () => {
    if (!alarms.some((one) => one.urgent)) return clearInterval(ringing);
    if (isOn()) [880, 660, 880].forEach((high, n) => tone(sound.currentTime + n * 0.35, high));
  };
  ringing = setInterval(once, 4000);
  once();
}

// --- who asks, and how often

let source = null;
let refusedAt = -AGAIN_MS;

function listen(address) {
  if (source || performance.now() - refusedAt < AGAIN_MS || !("EventSource" in window)) return;
  source = new EventSource(address, { withCredentials: true });
  source.addEventListener("alive", alive);
  source.addEventListener("changed", () => {
    alive();
    ask();
    if (channel) channel.postMessage({ changed: true });
  });
  source.addEventListener("error", () => {
    if (source && source.readyState === EventSource.CLOSED) {
      source = null;
      refusedAt = performance.now();
    }
  });
}

function alive() {
  aliveAt = performance.now();
  if (channel) channel.postMessage({ alive: true });
}

let askedAt = 0;

function turn() {
  const hasStream = aliveAt && performance.now() - aliveAt < ALIVE_FOR_MS;
  const pause = hasStream ? SLOW_MS : ASK_MS;
  if (document.visibilityState !== "visible" && !isLeader) return;
  if (performance.now() - askedAt < pause) return;
  askedAt = performance.now();
  ask();
}

if (bar) {
  if (channel) {
    channel.addEventListener("message", (event) => {
      if (event.data.alive) aliveAt = performance.now();
      if (event.data.changed) ask();
    });
  }
  if (navigator.locks) {
    navigator.locks.request("answerable:alarms", () => {
      isLeader = true;
      mark = ""; // what was asked before said where to listen, and was not listened to
      ask();
      return new Promise(() => {});
    });
  } else {
    isLeader = true;
  }
  const button = document.querySelector("[data-sound]");
  if (button && "AudioContext" in window) {
    button.addEventListener("click", async () => {
      const on = isOn();
      try {
        localStorage.setItem("answerable:sound", on ? "off" : "on");
      } catch {
        // Without storage it stays off on the next page, and says so.
      }
      await unlock();
      if (!on) setTimeout(() => isOn() && tone(sound.currentTime, 660), 100);
    });
    if (wants()) {
      unlock();
      addEventListener("pointerdown", unlock, { once: true });
      addEventListener("keydown", unlock, { once: true });
    }
    say();
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") turn();
  });
  askedAt = performance.now();
  ask();
  setInterval(turn, 1000);
}
