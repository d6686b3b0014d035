/**
 * Keeps the whole app on the phone, one version at a time. The server writes the list of files and
 * their version above this. A new version waits until the person takes it: nothing is exchanged
 * under somebody who is writing.
 */
const { version, addresses } = self.PRECACHE;
const CACHE = `yanshou-${version}`;
const kept = new Set(addresses.map((address) => new URL(address, self.registration.scope).href));

self.addEventListener("install", (event) => {
  const requests = [...kept].map((address) => new Request(address, { cache: "no-cache" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlderVersions().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = request.url.split(/[?#]/, 1)[0];
  if (request.method === "GET" && kept.has(address)) event.respondWith(fromCache(request, address));
});

// Where the browser has it: the phone found a network while the app was not looked at.
self.addEventListener("sync", (event) => {
  if (event.tag === "yanshou") event.waitUntil(wakePages());
});

async function fromCache(request, address) {
  const cache = await caches.open(CACHE);
  return (await cache.match(address, { ignoreVary: true })) ?? fetch(request);
}

async function forgetOlderVersions() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith("yanshou-") && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}

async function wakePages() {
  for (const page of await self.clients.matchAll({ type: "window" })) page.postMessage("sync");
}
