// Shows what the office sends to this browser, and opens it. Nothing is stored, nothing else is fetched.
self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data.json();
  } catch {
    // Shown without words rather than not at all: browsers want a notice for every message.
  }
  event.waitUntil(
    self.registration.showNotification(told.title || "Answerable", {
      body: told.body || "",
      tag: told.id || undefined,
      data: { link: told.link || "/desk/alerts/" },
      requireInteraction: true,
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = new URL(event.notification.data.link, self.location.origin);
  if (link.origin !== self.location.origin) return;
  event.waitUntil(self.clients.openWindow(link.href));
});
