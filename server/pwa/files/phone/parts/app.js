/** What the app needs beyond its sign-in: what surrounds the screens, and what watches by itself. */

import { NewVersion, watchVersion } from "../../shared/new_version.js";
import { hasSession, session } from "../session/session.js";
import { watchStorage } from "../storage/care.js";
import { watch } from "../sync/engine.js";
import { Frame } from "./frame.js";

export { Frame, NewVersion };

let hasBegun = false;

export function begin() {
  if (hasBegun) return;
  hasBegun = true;
  watch();
  watchStorage(() => (hasSession() ? session().database : null));
  void watchVersion();
  // Asked for early: a browser that keeps our storage does not clear it when space runs short.
  void navigator.storage?.persist?.();
}
