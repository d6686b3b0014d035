/** Drawing on a copy of a photo to show what is meant. The photo itself stays as it is. */

import { text } from "../../shared/language.js";
import { html, useEffect, useRef, useState } from "../../shared/view.js";
import { getBlob } from "../api.js";
import { ErrorNotice } from "../parts/problem.js";
import { drawSketch } from "./strokes.js";

const COLOURS = ["#e5281b", "#ffd60a", "#0a84ff"];
const QUALITY = 0.85;

/** @param {{photoId: string, keep: (bytes: Blob) => void, close: () => void}} properties */
export function SketchPad({ photoId, keep, close }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const [picture, setPicture] = useState(/** @type {ImageBitmap | null} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [pen, setPen] = useState({ tool: "pen", colour: COLOURS[0] });
  const [strokes, setStrokes] = useState(/** @type {import("./strokes.js").Stroke[]} */ ([]));
  useEffect(() => {
    dialog.current?.showModal();
    getBlob(`attachments/${photoId}/preview`, { accept: "image/jpeg" }).then(createImageBitmap).then(setPicture, setError);
  }, [photoId]);
  useEffect(() => {
    if (picture && canvas.current) drawSketch(canvas.current, picture, strokes);
  }, [picture, strokes]);
  const follow = useDrawing(canvas, pen, setStrokes);
  const done = () => canvas.current?.toBlob((bytes) => bytes && keep(bytes), "image/jpeg", QUALITY);
  return html`
    <dialog class="sketch-pad" ref=${dialog} aria-label=${text("board.sketch")} onClose=${close}>
      <div class="sketch-tools" role="toolbar" aria-label=${text("board.sketch_tools")}>
        ${["pen", "arrow", "circle"].map((tool) => html`<button class="button quiet" key=${tool} type="button" aria-pressed=${String(pen.tool === tool)} onClick=${() => setPen({ ...pen, tool })}>${NAMES[tool]()}</button>`)}
        ${COLOURS.map((colour, place) => html`<button class="sketch-colour" key=${colour} type="button" data-colour=${place} aria-label=${text("board.sketch_colour", { n: String(place + 1) })} aria-pressed=${String(pen.colour === colour)} onClick=${() => setPen({ ...pen, colour })}></button>`)}
      </div>
      <${ErrorNotice} error=${error} />
      <canvas ref=${canvas} class="sketch-canvas" aria-label=${text("board.sketch")} role="img" ...${follow}></canvas>
      <div class="sketch-tools">
        <button class="button quiet" type="button" disabled=${strokes.length === 0} onClick=${() => setStrokes(strokes.slice(0, -1))}>${text("board.sketch_undo")}</button>
        <button class="button quiet" type="button" onClick=${() => dialog.current?.close()}>${text("board.sketch_cancel")}</button>
        <button class="button" type="button" disabled=${strokes.length === 0} onClick=${done}>${text("board.sketch_keep")}</button>
      </div>
    </dialog>
  `;
}

const NAMES = { pen: () => text("board.tool_pen"), arrow: () => text("board.tool_arrow"), circle: () => text("board.tool_circle") };

/** The pointer's way over the canvas, as strokes in parts of its width and height. */
function useDrawing(canvas, pen, setStrokes) {
  const isDown = useRef(false);
  const at = (event) => {
    const box = canvas.current.getBoundingClientRect();
    return [(event.clientX - box.x) / box.width, (event.clientY - box.y) / box.height];
  };
  return {
    onPointerDown: (event) => {
      canvas.current.setPointerCapture(event.pointerId);
      isDown.current = true;
      setStrokes((strokes) => [...strokes, { ...pen, points: [at(event)] }]);
    },
    onPointerMove: (event) => {
      if (!isDown.current) return;
      const point = at(event);
      setStrokes((strokes) => {
        const last = strokes[strokes.length - 1];
        return [...strokes.slice(0, -1), { ...last, points: [...last.points, point] }];
      });
    },
    onPointerUp: () => {
      isDown.current = false;
    },
    onPointerCancel: () => {
      isDown.current = false;
    },
  };
}
