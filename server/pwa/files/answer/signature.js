/** A field to sign in with a finger. Black on white, whatever the colours of the screen: it is printed. */

import { strokeLength } from "../phone/parts/photos/strokes.js";
import { text } from "../shared/language.js";
import { make } from "./elements.js";

const INK = "#10181a";
const PAPER = "#ffffff";
const SCALE = 2;
// A dot is no signature [CSS pixels].
const SHORTEST = 60;

export function signatureField() {
  /** @type {[number, number][][]} */
  let strokes = [];
  /** @type {number | null} */
  let pointer = null;
  const paper = /** @type {HTMLCanvasElement} */ (make("canvas.signature-paper", { role: "img", "aria-label": text("answer.sign_here") }));
  const clear = make("button.button.quiet", { type: "button", onClick: () => change([]) }, text("answer.sign_again"));
  const element = make("div.signature", {}, paper, make("p.muted.small", {}, text("answer.sign_how")), clear);

  function change(next) {
    strokes = next;
    draw(paper, strokes);
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }
  /** @returns {[number, number]} */
  const pointOf = (event) => {
    const box = paper.getBoundingClientRect();
    return [event.clientX - box.x, event.clientY - box.y];
  };
  paper.addEventListener("pointerdown", (event) => {
    if (pointer !== null) return;
    event.preventDefault();
    pointer = event.pointerId;
    paper.setPointerCapture(event.pointerId);
    change([...strokes, [pointOf(event)]]);
  });
  paper.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    strokes[strokes.length - 1].push(pointOf(event));
    change(strokes);
  });
  const lift = (event) => {
    if (event.pointerId === pointer) pointer = null;
  };
  paper.addEventListener("pointerup", lift);
  paper.addEventListener("pointercancel", lift);
  new ResizeObserver(() => draw(paper, strokes)).observe(paper);
  return {
    element,
    isSigned: () => strokeLength(strokes) >= SHORTEST,
    picture: () => new Promise((done) => paper.toBlob(done, "image/png")),
  };
}

function draw(paper, strokes) {
  const [width, height] = [paper.clientWidth * SCALE, paper.clientHeight * SCALE];
  if (paper.width !== width) paper.width = width;
  if (paper.height !== height) paper.height = height;
  const context = paper.getContext("2d");
  context.setTransform(SCALE, 0, 0, SCALE, 0, 0);
  context.fillStyle = PAPER;
  context.fillRect(0, 0, width, height);
  Object.assign(context, { strokeStyle: INK, lineWidth: 2.6, lineCap: "round", lineJoin: "round" });
  for (const stroke of strokes) {
    context.beginPath();
    context.moveTo(...stroke[0]);
    for (const point of stroke) context.lineTo(...point);
    context.stroke();
  }
}
