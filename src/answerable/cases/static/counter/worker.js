// The counter without a network: keeps the two pages and their files, and answers with them. Anything else goes to the
// network. What is kept changes as a whole, when a page asks for it: never a new page with an old script.
const KEPT = "answerable-counter";
const PAGES = { offline: "/desk/counter/offline", waiting: "/desk/counter/waiting" };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keepAll(addresses) {
  const found = await Promise.all(
    addresses.map(async (address) => {
      const answer = await fetch(address, { cache: "no-cache", credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(address);
      return [address, answer];
    })
  );
  const cache = await caches.open(KEPT);
  await Promise.all(found.map(([address, answer]) => cache.put(address, answer)));
}

self.addEventListener("message", (event) => {
  if (!event.data || !event.data.keep) return;
  const reply = event.ports[0];
  event.waitUntil(
    keepAll(event.data.keep).then(
      () => reply.postMessage({ kept: true }),
      () => reply.postMessage({ kept: false })
    )
  );
});

async function answer(request) {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
  if (kept) return kept;
  if (request.mode !== "navigate") return fetch(request);
  try {
    return await fetch(request);
  } catch (e) {
    return (await cache.match(PAGES.offline, { ignoreVary: true })) ? Response.redirect(PAGES.offline) : Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});
