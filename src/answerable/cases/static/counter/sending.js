// Sends what waits, in order, one at a time. Nothing leaves the device's store before the server has registered it; a
// second sending of the same code finds the first one's case.
import { change, drop, isAble, queue } from "./store.js";

const SOON = 2 * 1000; // ms
const AGAIN = 60 * 1000; // ms
const STATE = "/desk/counter/waiting/state";
const SEND = "/desk/counter/waiting/send";

// {csrf} where someone may send; else why not: "offline", "signed_out", "not_yours", "trouble".
async function door() {
  let answer;
  try {
    answer = await fetch(STATE, { redirect: "manual", cache: "no-store" });
  } catch (e) {
    return { why: "offline" };
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) return { why: "signed_out" };
  if (answer.status === 403) return { why: "not_yours" };
  if (!answer.ok) return { why: "trouble" };
  return answer.json();
}

async function post(row, csrf) {
  const answer = await fetch(SEND, {
    method: "POST",
    redirect: "manual",
    cache: "no-store",
    headers: { "content-type": "application/json", "x-csrftoken": csrf },
    body: JSON.stringify({ code: row.code, sealed: row.sealed }),
  });
  if (answer.type === "opaqueredirect") return { state: "later", why: "signed_out" };
  if (answer.status === 403) return { state: "later", why: "not_yours" };
  if (![200, 409, 422].includes(answer.status)) return { state: "later", why: "trouble" };
  return answer.json();
}

// The server's answer about one matter, again: with its words, where it was refused.
export async function ask(row) {
  const open = await door();
  if (!open.csrf) return { state: "later", why: open.why };
  try {
    return await post(row, open.csrf);
  } catch (e) {
    return { state: "later", why: "offline" };
  }
}

export async function settle(row, answer) {
  if (answer.state === "registered") return drop("waiting", row.code);
  if (answer.state === "later") return undefined;
  return change(["waiting"], ({ waiting }) => {
    const there = waiting.get(row.code);
    there.onsuccess = () => {
      if (there.result) waiting.put({ ...there.result, state: answer.state, problem: answer.sentence });
    };
  });
}

async function sendAll(tell) {
  const rows = await queue();
  if (!rows.length) return tell(navigator.onLine ? {} : { why: "offline" });
  const open = await door();
  if (!open.csrf) return tell({ why: open.why });
  for (const row of rows) {
    let answer;
    try {
      answer = await post(row, open.csrf);
    } catch (e) {
      return tell({ why: "offline" });
    }
    await settle(row, answer);
    await tell(answer.state === "registered" ? { sent: row.code, url: answer.url } : {});
    if (answer.state === "later") return tell({ why: answer.why });
  }
  return tell({ done: true });
}

// Two windows never send at the same time; the second one waits, and finds nothing left.
export function send(tell = () => {}) {
  return navigator.locks ? navigator.locks.request("answerable-counter", () => sendAll(tell)) : sendAll(tell);
}

// A line that has just come back often fails once more: tried again after seconds, then more and more seldom.
export function sendByItself(tell) {
  if (!isAble()) return;
  let pause = SOON;
  let timer;
  const now = async () => {
    clearTimeout(timer);
    let why = "";
    const listen = (said) => {
      why = said.why ?? "";
      return tell(said);
    };
    await send(listen).catch(() => listen({ why: "trouble" }));
    const soon = ["offline", "trouble"].includes(why);
    timer = setTimeout(now, soon ? pause : AGAIN);
    pause = soon ? Math.min(2 * pause, AGAIN) : SOON;
  };
  window.addEventListener("online", () => {
    pause = SOON;
    now();
  });
  window.addEventListener("offline", () => tell({ why: "offline" }));
  now();
}
