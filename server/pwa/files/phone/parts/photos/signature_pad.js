/** Signing with a finger. What is typed is no signature: only what was drawn is handed on. */

import { text } from "../../../shared/language.js";
import { html, useEffect, useRef, useState } from "../../view.js";
import { Icon } from "../../../shared/icons.js";
import { lastPosition } from "./position.js";
import { blobOf, hexDigest } from "./pressing.js";
import { strokeLength } from "./strokes.js";
import { announced } from "./taking.js";
import { TakingNotice } from "./taking_notice.js";

// Black on white, whatever the colours of the screen: it is printed.
const INK = "#10181a";
const PAPER = "#ffffff";
const SHARPNESS = 2;
// A dot is no signature [CSS pixels].
const SHORTEST = 60;

/**
 * @param {object} properties
 * @param {string} properties.name of the person who signs
 * @param {import("./taking.js").Owner} properties.owner
 * @param {(photo: import("./taking.js").TakenPhoto) => Promise<void>} properties.onSigned writes the record and the picture down together
 * @param {() => void} [properties.onCancel]
 */
export function SignaturePad({ name, owner, onSigned, onCancel }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const [strokes, setStrokes] = useState(/** @type {import("./strokes.js").Stroke[]} */ ([]));
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const isSigned = strokeLength(strokes) >= SHORTEST;

  useEffect(() => {
    const paper = /** @type {HTMLCanvasElement} */ (canvas.current);
    const fit = () => draw(paper, strokes);
    fit();
    const watcher = new ResizeObserver(fit);
    watcher.observe(paper);
    return () => watcher.disconnect();
  }, [strokes]);

  const pen = penOf(canvas, setStrokes);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      await onSigned(await signature(/** @type {HTMLCanvasElement} */ (canvas.current), owner));
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return html`
    <section class="signature" aria-label=${text("signature.of", { name })}>
      <p class="signature-head"><strong>${name}</strong><span class="muted small">${text("signature.how")}</span></p>
      <canvas class="signature-paper" ref=${canvas} role="img" aria-label=${text(isSigned ? "signature.drawn" : "signature.empty")} ...${pen}></canvas>
      <p class="muted small">${text("signature.by_hand")}</p>
      <${TakingNotice} error=${error} />
      <div class="signature-keys">
        <button class="button quiet" type="button" disabled=${strokes.length === 0} onClick=${() => setStrokes((all) => all.slice(0, -1))}><${Icon} name="undo" /> ${text("signature.undo")}</button>
        <button class="button quiet" type="button" disabled=${strokes.length === 0} onClick=${() => setStrokes([])}>${text("signature.clear")}</button>
        ${onCancel && html`<button class="button quiet" type="button" onClick=${onCancel}>${text("signature.cancel")}</button>`}
        <button class="button signature-done" type="button" disabled=${!isSigned || isBusy} onClick=${submit}>${text("signature.done")}</button>
      </div>
    </section>
  `;
}

/** One finger draws; a palm that comes to lie on the glass does not. */
function penOf(canvas, setStrokes) {
  const pointer = useRef(/** @type {number | null} */ (null));
  const pointOf = (event) => {
    const box = canvas.current.getBoundingClientRect();
    return [event.clientX - box.x, event.clientY - box.y];
  };
  const onPointerDown = (event) => {
    if (pointer.current !== null) return;
    event.preventDefault();
    pointer.current = event.pointerId;
    canvas.current.setPointerCapture(event.pointerId);
    setStrokes((all) => [...all, [pointOf(event)]]);
  };
  const onPointerMove = (event) => {
    if (event.pointerId !== pointer.current) return;
    const points = (event.getCoalescedEvents?.() ?? []).map(pointOf);
    setStrokes((all) => [...all.slice(0, -1), [...(all.at(-1) ?? []), ...(points.length > 0 ? points : [pointOf(event)])]]);
  };
  const onPointerUp = (event) => {
    if (event.pointerId === pointer.current) pointer.current = null;
  };
  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp };
}

/** @param {HTMLCanvasElement} paper @param {import("./strokes.js").Stroke[]} strokes */
function draw(paper, strokes) {
  const scale = Math.max(SHARPNESS, window.devicePixelRatio || 1);
  const [width, height] = [Math.round(paper.clientWidth * scale), Math.round(paper.clientHeight * scale)];
  if (paper.width !== width) paper.width = width;
  if (paper.height !== height) paper.height = height;
  const context = /** @type {CanvasRenderingContext2D} */ (paper.getContext("2d"));
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.fillStyle = PAPER;
  context.fillRect(0, 0, width, height);
  Object.assign(context, { strokeStyle: INK, fillStyle: INK, lineWidth: 2.6, lineCap: "round", lineJoin: "round" });
  for (const stroke of strokes) drawStroke(context, stroke);
}

/** @param {CanvasRenderingContext2D} context @param {import("./strokes.js").Stroke} stroke */
function drawStroke(context, stroke) {
  const [[x, y]] = stroke;
  context.beginPath();
  context.moveTo(x, y);
  // Through the middles between points: round, not angular.
  for (let place = 1; place < stroke.length; place += 1) {
    const [[fromX, fromY], [toX, toY]] = [stroke[place - 1], stroke[place]];
    context.quadraticCurveTo(fromX, fromY, (fromX + toX) / 2, (fromY + toY) / 2);
  }
  const [endX, endY] = /** @type {[number, number]} */ (stroke.at(-1));
  context.lineTo(endX, endY + (stroke.length === 1 ? 0.01 : 0));
  context.stroke();
}

async function signature(canvas, owner) {
  const png = await blobOf(canvas, "image/png");
  const content = new Uint8Array(await png.arrayBuffer());
  const file = { bytes: png, thumbnail: png, media_type: "image/png", sha256: await hexDigest(content) };
  const signedAt = new Date().toISOString();
  const nowhere = { latitude: null, longitude: null, accuracy_m: null };
  return announced(file, owner, { role: "signature", source: "camera", captured_at: signedAt, entered_at: signedAt, ...(lastPosition() ?? nowhere) });
}
