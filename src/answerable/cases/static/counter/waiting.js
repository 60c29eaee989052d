// What waits: codes, times, and for each failure what to do next.
import { data, drop, moment, queue, say } from "./store.js";
import { send, sendByItself } from "./sending.js";

const list = document.querySelector("[data-queue]");
const network = document.querySelector("[data-network]");
const signIn = document.querySelector("[data-sign-in]");
const sent = document.querySelector("[data-sent]");

function element(name, text, more = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...more });
}

function line(row) {
  const item = element("li", "", { className: "card" });
  const when = moment(row.told_at);
  const head = element("p", "");
  head.append(element("strong", row.code, { className: "code" }), " ", element("span", say("told", { when }), { className: "muted" }));
  item.append(head, element("p", row.problem || say("kept"), { className: row.problem ? "" : "small muted" }));
  if (row.state === "refused") {
    const verbs = element("div", "", { className: "actions" });
    const correct = element("a", say("correct"), { className: "button", href: `/desk/counter/offline#correct=${row.code}` });
    const away = element("button", say("throw_away"), { className: "button button-quiet", type: "button" });
    away.addEventListener("click", () => drop("waiting", row.code).then(draw));
    verbs.append(correct, away);
    item.append(verbs);
  }
  return item;
}

async function draw() {
  const rows = await queue();
  list.replaceChildren(...rows.map(line));
  document.querySelector("[data-empty]").hidden = rows.length > 0;
  document.querySelector("[data-send]").hidden = rows.length === 0;
}

async function tell(news) {
  network.textContent = news.why ? say(news.why) : say("online");
  signIn.hidden = !["signed_out", "not_yours"].includes(news.why);
  if (news.sent) {
    const note = element("p", "", { className: "note" });
    const text = say("sent", { code: news.sent });
    note.append(news.url ? element("a", text, { href: news.url }) : text);
    sent.append(note);
  }
  await draw();
}

document.querySelector("[data-send]").addEventListener("click", () => {
  network.textContent = say("sending");
  send(tell).catch(() => tell({ why: "trouble" }));
});
if (data) draw().then(() => sendByItself(tell));
