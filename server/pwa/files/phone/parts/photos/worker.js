/** Presses photos beside the page, so that typing and the camera's view do not stop. */

import { press, Unreadable } from "./pressing.js";

self.addEventListener("message", async ({ data: { number, original, wanted } }) => {
  try {
    self.postMessage({ number, pressed: await press(original, wanted) });
  } catch (error) {
    self.postMessage({ number, isUnreadable: error instanceof Unreadable, reason: String(error) });
  }
});
