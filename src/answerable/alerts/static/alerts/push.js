// "Use this browser": asks for leave, subscribes to the office's key, and sends the subscription as the form's address.
const card = document.querySelector("[data-push]");

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));

// `serviceWorker.ready` waits for a worker of this page; ours stands beside its own file and takes no page over.
function active(worker) {
  const coming = worker.installing || worker.waiting;
  if (worker.active || !coming) return Promise.resolve();
  return new Promise((done) => coming.addEventListener("statechange", () => coming.state === "activated" && done()));
}

async function subscription() {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("not allowed");
  const worker = await navigator.serviceWorker.register(card.dataset.worker);
  await active(worker);
  const old = await worker.pushManager.getSubscription();
  // One that was made for another key (a new installation's) would never get a message.
  if (old) await old.unsubscribe();
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(card.dataset.push) });
}

if (card && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  card.hidden = false;
  const form = card.querySelector("[data-push-form]");
  const failed = card.querySelector("[data-push-failed]");
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    if (form.elements.typed.value) return;
    event.preventDefault();
    button.disabled = true;
    failed.hidden = true;
    try {
      form.elements.typed.value = JSON.stringify(await subscription());
      form.submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  });
}
