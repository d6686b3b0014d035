/** A deed that needs a reason: a sheet with the reason, and the button that does it. */

import { text } from "../../shared/language.js";
import { say } from "../../shared/messages.js";
import { Sheet } from "../../shared/sheet.js";
import { html, useState } from "../../shared/view.js";
import { Field } from "./fields.js";
import { ErrorNotice } from "./problem.js";

/**
 * @param {object} properties
 * @param {string} properties.title what is done
 * @param {string} [properties.effect] what follows from it
 * @param {boolean} [properties.needsReason]
 * @param {(reason: string) => Promise<any>} properties.run
 * @param {() => void} properties.close
 * @param {() => void} properties.done
 */
export function Deed({ title, effect, needsReason = true, run, close, done }) {
  const [reason, setReason] = useState("");
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [isRunning, setRunning] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    setRunning(true);
    try {
      await run(reason.trim());
    } catch (trouble) {
      setError(trouble);
      setRunning(false);
      return;
    }
    say(text("form.done"));
    close();
    done();
  };
  return html`
    <${Sheet} title=${title} close=${close}>
      <form class="deed" onSubmit=${submit}>
        ${effect && html`<p>${effect}</p>`}
        ${needsReason &&
        html`<${Field} label=${text("form.reason")}><textarea required maxlength="500" value=${reason} onInput=${(event) => setReason(event.target.value)}></textarea><//>`}
        <${ErrorNotice} error=${error} />
        <button class="button" disabled=${isRunning || (needsReason && !reason.trim())}>${title}</button>
      </form>
    <//>
  `;
}
