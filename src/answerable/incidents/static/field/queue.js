// Sends what waits, in order, one at a time. Nothing leaves the telephone's store before the server has it; what is sent
// twice is there once, for its number was made here. What is refused stays, with the reason, and holds nothing up.
const SOON = 2 * 1000; // ms
const AGAIN = 30 * 1000; // ms

// The queue of `store`; `here` is the address of its page, under which `state`, `send` and `photograph` answer.
export function queueOf(store, here) {
  // {csrf, now, who, …} where somebody may send; else {why}.
  async function door() {
    const asked = Date.now();
    let answer;
    try {
      answer = await fetch(`${here}state`, { redirect: "manual", cache: "no-store" });
    } catch (e) {
      return { why: "offline" };
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) return { why: "signed_out" };
    if (answer.status === 403) return { why: "not_yours" };
    if (!answer.ok) return { why: "trouble" };
    const answered = Date.now();
    return { ...(await answer.json()), asked, answered };
  }

  async function post(row, csrf) {
    const now = new Date().toISOString();
    const common = { method: "POST", redirect: "manual", cache: "no-store" };
    const headers = { "x-csrftoken": csrf };
    const answer = row.photo
      ? await fetch(`${here}photograph`, {
          ...common,
          headers: {
            ...headers,
            "content-type": "application/octet-stream",
            "x-field-id": row.id,
            "x-field-key": row.photo.key,
            "x-field-iv": row.photo.iv,
            "x-field-now": now,
          },
          body: row.photo.data,
        })
      : await fetch(`${here}send`, {
          ...common,
          headers: { ...headers, "content-type": "application/json" },
          body: JSON.stringify({ id: row.id, sealed: row.sealed, device_now: now }),
        });
    if (answer.type === "opaqueredirect" || answer.status === 401) return { state: "later", why: "signed_out" };
    if (answer.status === 403) return { state: "later", why: "not_yours" };
    if (![200, 409, 422].includes(answer.status)) return { state: "later", why: "trouble" };
    return answer.json();
  }

  async function settle(row, answer) {
    if (answer.state === "here") return store.drop("waiting", row.id);
    if (answer.state === "later") return undefined;
    const there = await store.one("waiting", row.id);
    return there && store.put("waiting", { ...there, state: answer.state, problem: answer.sentence });
  }

  // What the server says of one that it refused, with its words: the telephone cannot read them.
  async function ask(row) {
    const open = await door();
    if (!open.csrf) return { state: "later", why: open.why };
    const answer = await post(row, open.csrf);
    await settle(row, answer);
    return { ...answer, open };
  }

  async function sendAll(tell) {
    const open = await door();
    await tell(open.csrf ? { open } : { why: open.why });
    if (!open.csrf) return;
    for (const row of await store.queue()) {
      let answer;
      try {
        answer = await post(row, open.csrf);
      } catch (e) {
        return tell({ why: "offline" });
      }
      await settle(row, answer);
      await tell(answer.state === "here" ? { sent: row } : {});
      if (answer.state === "later") return tell({ why: answer.why });
    }
    await tell({ done: true });
  }

  // Two windows never send at the same time; the second one waits, and finds nothing left.
  function send(tell) {
    return navigator.locks ? navigator.locks.request(`answerable ${here}`, () => sendAll(tell)) : sendAll(tell);
  }

  // A line that has just come back often fails once more: tried again after seconds, then more and more seldom.
  // Returns what sends at once.
  function sendByItself(tell) {
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
      timer = setTimeout(now, why ? pause : AGAIN);
      pause = why ? Math.min(2 * pause, AGAIN) : SOON;
    };
    window.addEventListener("online", () => {
      pause = SOON;
      now();
    });
    window.addEventListener("offline", () => tell({ why: "offline" }));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
    now();
    return now;
  }

  return { ask, sendByItself };
}
