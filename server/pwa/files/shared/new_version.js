/** A new version of the app is offered, and taken when the person says so. */

import { text } from "./language.js";
import { html, useEffect, useState } from "./view.js";

/** @type {ServiceWorker | null} */
let waiting = null;
let tell = () => {};
let isWatching = false;

/** Register the service worker and look for new versions now and then. */
export async function watchVersion() {
  const workers = navigator.serviceWorker;
  if (!workers || isWatching) return;
  isWatching = true;
  let isControlled = workers.controller !== null;
  workers.addEventListener("controllerchange", () => {
    // The first worker takes the page over silently; a later one was asked for.
    if (isControlled) location.reload();
    isControlled = true;
  });
  // Refused in private windows, or by what stands in front of the browser: then only without offline.
  const registration = await workers.register("service-worker.js").catch(() => undefined);
  if (!registration) return;
  offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", () => {
      if (coming.state === "installed" && workers.controller) offer(coming);
    });
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void registration.update().catch(() => {});
  });
}

function offer(worker) {
  if (!worker) return;
  waiting = worker;
  tell();
}

export function NewVersion() {
  const [isOffered, setOffered] = useState(waiting !== null);
  useEffect(() => {
    tell = () => setOffered(true);
  }, []);
  if (!isOffered) return null;
  return html`
    <div class="offer" role="status">
      <span>${text("version.offered")}</span>
      <button class="button quiet" type="button" onClick=${() => setOffered(false)}>${text("version.later")}</button>
      <button class="button" type="button" onClick=${() => waiting?.postMessage("take over")}>${text("version.take")}</button>
    </div>
  `;
}
