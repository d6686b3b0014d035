/** Tells every open view, in this tab and in others, that the phone's database has changed. */

const here = new EventTarget();
const others = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("yanshou-changes");
let isTold = false;

others?.addEventListener("message", () => here.dispatchEvent(new Event("change")));

/** Call after each committed transaction. Several in a row are told once. */
export function tellChange() {
  if (isTold) return;
  isTold = true;
  queueMicrotask(() => {
    isTold = false;
    here.dispatchEvent(new Event("change"));
    others?.postMessage(null);
  });
}

/**
 * @param {() => void} listener
 * @returns {() => void} stops it
 */
export function onChange(listener) {
  here.addEventListener("change", listener);
  return () => here.removeEventListener("change", listener);
}
