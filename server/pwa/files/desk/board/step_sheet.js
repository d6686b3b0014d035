/** A step that says why: returning, extending, handing over, withdrawing … */

import { NEEDS_TEXT } from "../../rectifying/lifecycle.js";
import { newId } from "../../shared/ids.js";
import { moment, text, word } from "../../shared/language.js";
import { say } from "../../shared/messages.js";
import { Sheet } from "../../shared/sheet.js";
import { html, useEffect, useRef, useState } from "../../shared/view.js";
import { Field, Select } from "../parts/fields.js";
import { ErrorNotice } from "../parts/problem.js";
import { takeStep } from "./judging.js";
import { SketchList, sendSketches } from "./sketch_list.js";

const WITH_TIME = new Set(["extension_asked"]);
const MAY_HAVE_TIME = new Set(["returned", "reopened", "extension_granted"]);
const GRAVE = new Set(["returned", "withdrawn", "extension_refused"]);

/**
 * @param {object} properties
 * @param {string} properties.kind
 * @param {Record<string, any>} properties.action
 * @param {{user_id: string, name: string}[]} properties.people to whom it may be given
 * @param {string[]} [properties.photos] that may be drawn on
 * @param {() => void} properties.close
 * @param {() => void} properties.taken called once the server has it
 */
export function StepSheet({ kind, action, people, photos = [], close, taken }) {
  const first = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const [id] = useState(() => newId());
  const [said, setSaid] = useState({ text: "", due: "", assignee: "" });
  const [sketches, setSketches] = useState(/** @type {import("./sketch_list.js").Sketch[]} */ ([]));
  const [state, setState] = useState({ isSending: false, error: /** @type {unknown} */ (null) });
  // At first, and again when a drawing has been made.
  useEffect(() => first.current?.focus(), [sketches.length]);
  const dueAt = said.due ? new Date(said.due).toISOString() : null;
  const lacks = lackOf(kind, action, said, dueAt);
  const submit = async () => {
    if (lacks || state.isSending) return;
    setState({ isSending: true, error: null });
    try {
      await sendSketches(sketches, { owner_id: id, site_id: action.site_id });
      const rest = { due_at: dueAt, assignee_user_id: said.assignee || null, attachment_ids: sketches.map((sketch) => sketch.id) };
      await takeStep(action, kind, { text: said.text.trim(), ...rest }, id);
    } catch (error) {
      setState({ isSending: false, error });
      return;
    }
    say(`${word("step_taken", kind)} · ${action.number}`);
    close();
    taken();
  };
  const onKey = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
  };
  const change = (changed) => setSaid({ ...said, ...changed });
  return html`
    <${Sheet} title=${`${word("step", kind)} · ${action.number}`} close=${close}>
      <form class="step-form" onKeyDown=${onKey} onSubmit=${(event) => { event.preventDefault(); void submit(); }}>
        ${kind === "reassigned" && html`<${Select} label=${text("board.to_whom")} value=${said.assignee} onChoose=${(assignee) => change({ assignee })} options=${[{ value: "", label: text("board.choose") }, ...people.filter((one) => one.user_id !== action.assignee?.user_id).map((one) => ({ value: one.user_id, label: one.name }))]} />`}
        <${Field} label=${NEEDS_TEXT.includes(kind) ? text("board.why") : text("board.words")}>
          <textarea ref=${first} rows="3" maxlength="4000" value=${said.text} onInput=${(event) => change({ text: event.target.value })}></textarea>
        <//>
        ${(WITH_TIME.has(kind) || MAY_HAVE_TIME.has(kind)) && html`<${Field} label=${WITH_TIME.has(kind) ? text("board.until") : text("board.new_deadline")}><input type="datetime-local" value=${said.due} onInput=${(event) => change({ due: event.target.value })} /><//>`}
        ${kind === "returned" && html`<${SketchList} photos=${photos} sketches=${sketches} change=${setSketches} />`}
        <${ErrorNotice} error=${state.error} />
        ${lacks && html`<p class="muted small" id="step-lacks">${lacks}</p>`}
        <button class=${GRAVE.has(kind) ? "button is-bad" : "button"} type="submit" disabled=${Boolean(lacks) || state.isSending} aria-describedby=${lacks ? "step-lacks" : null}>${word("step", kind)}</button>
      </form>
    <//>
  `;
}

/** What is still missing, in words; null where nothing is. */
function lackOf(kind, action, said, dueAt) {
  if (kind === "reassigned" && !said.assignee) return text("board.say_whom");
  if (NEEDS_TEXT.includes(kind) && !said.text.trim()) return text("board.say_why");
  if (WITH_TIME.has(kind) && dueAt === null) return text("board.say_until");
  const least = kind === "extension_asked" ? action.due_at : new Date().toISOString();
  return dueAt !== null && dueAt <= least ? text("board.too_early", { time: moment(least) }) : null;
}
