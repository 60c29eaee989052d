// One page without a network: keeps it and what it loads, and answers with them. Everything else goes to the network
// untouched. What is kept changes as a whole, when the page asks for it. KEPT and PAGE stand before (field/kept_page.py).

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

// The page itself: the newest where there is a network, else the one that is kept. Its files: kept first.
async function answer(request) {
  const cache = await caches.open(KEPT);
  const kept = () => cache.match(request, { ignoreSearch: true, ignoreVary: true });
  if (request.mode !== "navigate") return (await kept()) || fetch(request);
  try {
    const fresh = await fetch(request);
    // Signed out: the page that is kept says so itself, and what waits stays in sight.
    if (fresh.type !== "opaqueredirect" || new URL(request.url).pathname !== PAGE) return fresh;
    return (await kept()) || fresh;
  } catch (e) {
    return (await kept()) || Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});
