/** Pictures of the notice: fetched with the link's token, a few at once, each opened large. */

import { text } from "../shared/language.js";
import { readPhoto } from "./api.js";
import { make } from "./elements.js";

const AT_ONCE = 3;
const waiting = [];
let busy = 0;

/** A row of pictures by their ids. */
export function pictureRow(ids, label) {
  const row = make("div.pictures", { role: "group", "aria-label": label });
  ids.forEach((id, at) => row.append(picture(id, `${label} ${at + 1}`)));
  return row;
}

function picture(id, label) {
  const button = make("button.picture", { type: "button", "aria-label": label, disabled: true });
  waiting.push(async () => {
    try {
      const address = URL.createObjectURL(await readPhoto(id));
      button.append(make("img", { src: address, alt: label }));
      button.disabled = false;
      button.addEventListener("click", () => openLarge(address, label));
    } catch {
      button.append(make("span.muted.small", {}, text("answer.photo_missing")));
    }
  });
  work();
  return button;
}

function work() {
  while (busy < AT_ONCE && waiting.length > 0) {
    busy += 1;
    waiting.shift()().finally(() => {
      busy -= 1;
      work();
    });
  }
}

export function openLarge(address, label) {
  const close = make("button.button.quiet", { type: "button", onClick: () => dialog.close() }, text("answer.close"));
  const dialog = make("dialog.large", { "aria-label": label }, make("img", { src: address, alt: label }), close);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
