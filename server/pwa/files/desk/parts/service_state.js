/** Whether the service lives: asked at the start, on coming back to the page, and by the browser. */

import { word } from "../../shared/language.js";
import { html, useEffect, useState } from "../../shared/view.js";
import { serviceState } from "../api.js";

export function ServiceState() {
  const [state, setState] = useState("checking");
  useEffect(() => {
    const ask = async () => setState(await serviceState());
    const come = () => {
      if (document.visibilityState === "visible") void ask();
    };
    void ask();
    window.addEventListener("online", ask);
    window.addEventListener("offline", ask);
    document.addEventListener("visibilitychange", come);
    return () => {
      window.removeEventListener("online", ask);
      window.removeEventListener("offline", ask);
      document.removeEventListener("visibilitychange", come);
    };
  }, []);
  return html`<p class="state" role="status" data-state=${state}>${word("service", state)}</p>`;
}
