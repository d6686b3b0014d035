/**
 * The sign-in alone at first; what surrounds the screens, and syncs, follows once it is seen. On a
 * slow network the first visit waits for half as much.
 */

import { text } from "../../shared/language.js";
import { Messages, say } from "../../shared/messages.js";
import { hasSession, onSession } from "../session/session.js";
import { html, useEffect, useState } from "../view.js";
import { SignIn } from "./sign_in.js";

export function Start() {
  const [app, setApp] = useState(/** @type {typeof import("./app.js") | null} */ (null));
  const [, drawAgain] = useState(0);
  useEffect(() => {
    const again = () => drawAgain((n) => n + 1);
    const load = () =>
      import("./app.js").then(
        (found) => {
          found.begin();
          setApp(found);
        },
        (error) => {
          console.error(error);
          if (hasSession()) say(text("app.not_loaded"));
        },
      );
    const stop = onSession(() => {
      again();
      // The network was gone when it was asked for.
      if (hasSession()) void load();
    });
    window.addEventListener("yanshou-language", again);
    void load();
    return () => {
      stop();
      window.removeEventListener("yanshou-language", again);
    };
  }, []);
  if (hasSession()) return app ? html`<${app.Frame} />` : html`<${Messages} />`;
  return html`${app && html`<${app.NewVersion} />`}<${SignIn} /><${Messages} />`;
}
