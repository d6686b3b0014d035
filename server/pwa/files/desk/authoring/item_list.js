/** The items of a draft: opened, added, taken away, and moved with the mouse or the keyboard. */

import { either, text, word } from "../../shared/language.js";
import { Icon } from "../../shared/icons.js";
import { html, useEffect, useRef } from "../view.js";
import { faultsAt, withItem, withItemAt, withNewItem, withoutItem } from "./content.js";
import { ItemForm } from "./item_form.js";

/**
 * @param {object} properties
 * @param {string} properties.part head_items or items
 * @param {ReturnType<typeof import("./use_draft.js").useDraft>} properties.work
 * @param {string | null} properties.selected
 * @param {(id: string | null) => void} properties.select
 */
export function ItemList({ part, work, selected, select }) {
  const { content, change, faults } = work;
  const dragged = useRef(/** @type {string | null} */ (null));
  const add = (at) => {
    const made = withNewItem(content, part, at);
    change(() => made.content);
    select(made.id);
  };
  const move = (id, to) => change((before) => withItemAt(before, part, id, to));
  const items = content[part];
  return html`
    <section class="card" aria-label=${text(`authoring.${part}`)}>
      <h3>${text(`authoring.${part}`)} <span class="muted">${items.length}</span></h3>
      <ol class="items">
        ${items.map((item, at) => {
          const own = faultsAt(faults, part, at);
          return html`
            <li key=${item.id} data-wrong=${String(own.length > 0)} draggable=${item.id !== selected} onDragStart=${() => (dragged.current = item.id)} onDragOver=${(event) => event.preventDefault()} onDrop=${() => dragged.current && move(dragged.current, at)}>
              <${Row} item=${item} at=${at} last=${items.length - 1} isOpen=${item.id === selected} hasFaults=${own.length > 0} toggle=${() => select(item.id === selected ? null : item.id)} move=${(to) => move(item.id, to)} />
              ${own.map((fault) => html`<p class="field-error" role="alert" key=${fault.pointer + fault.detail}>${fault.detail}</p>`)}
              ${item.id === selected &&
              html`
                <${ItemForm} item=${item} others=${items.filter((one) => one !== item)} content=${content} faults=${own} onChange=${(changes, mark = "") => change((before) => withItem(before, part, item.id, changes), mark && `${item.id}.${mark}`)} />
                <div class="item-foot-actions">
                  <button class="button quiet" type="button" onClick=${() => add(at)}>${text("authoring.add_below")}</button>
                  <button class="button quiet" type="button" onClick=${() => { select(null); change((before) => withoutItem(before, part, item.id)); }}><${Icon} name="trash" /> ${text("authoring.remove_item")}</button>
                </div>
              `}
            </li>
          `;
        })}
      </ol>
      <button class="button quiet" type="button" onClick=${() => add(items.length - 1)}><${Icon} name="plus" /> ${text("authoring.add_item")}</button>
    </section>
  `;
}

function Row({ item, at, last, isOpen, hasFaults, toggle, move }) {
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const moved = useRef(false);
  useEffect(() => {
    // The row was taken elsewhere: the keyboard stays with it.
    if (moved.current) button.current?.focus();
    moved.current = false;
  }, [at]);
  const by = (step) => {
    moved.current = true;
    move(at + step);
  };
  const keys = (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !step) return;
    event.preventDefault();
    by(step);
  };
  return html`
    <div class="item-row">
      <button class="item-open" type="button" ref=${button} aria-expanded=${String(isOpen)} onClick=${toggle} onKeyDown=${keys}>
        <span class="item-class" data-class=${item.nonconformity_class}>${item.nonconformity_class}</span>
        <span class="item-name">${either(item)}<small class="muted">${item.id} · ${word("item_type", item.type)}${item.when ? ` · ${text("authoring.conditional")}` : ""}</small></span>
        ${hasFaults && html`<${Icon} name="warning" />`}
        ${item.is_confirmed === false && html`<span class="tag">${text("unconfirmed")}</span>`}
      </button>
      <button class="icon-button" type="button" disabled=${at === 0} aria-label=${text("authoring.up", { name: either(item) })} onClick=${() => by(-1)}>↑</button>
      <button class="icon-button" type="button" disabled=${at === last} aria-label=${text("authoring.down", { name: either(item) })} onClick=${() => by(1)}>↓</button>
    </div>
  `;
}
