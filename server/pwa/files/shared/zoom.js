/** Looking closer at pictures: two fingers, a double tap, or the wheel; dragging moves them. Several
 * frames of one size show the same point. */

import { useEffect, useRef } from "./view.js";

const LARGEST = 6;
const CLOSER = 2.5;
const TAP_MS = 300;
const SWIPE = 60;

/**
 * @param {((by: number) => void) | null} step a swipe across a picture that is not enlarged
 * @returns {import("preact").RefObject<HTMLElement | null>} for the frame around the pictures
 */
export function useZoom(step) {
  const frame = useRef(/** @type {HTMLElement | null} */ (null));
  const newest = useRef(step);
  newest.current = step;
  useEffect(() => {
    const element = /** @type {HTMLElement} */ (frame.current);
    return enableZoom(element, [element], (by) => newest.current?.(by));
  }, []);
  return frame;
}

/**
 * @param {HTMLElement} area where fingers and pointers are followed
 * @param {HTMLElement[]} frames whose pictures follow; all of one size, within the area
 * @param {(by: number) => void} step
 * @param {{needsKey?: boolean}} [options] whether the wheel scrolls the page unless Ctrl is held
 * @returns {() => void} how to stop
 */
export function enableZoom(area, frames, step, { needsKey = false } = {}) {
  let view = { scale: 1, x: 0, y: 0 };
  let tappedAt = 0;
  /** @type {{x: number, y: number} | null} */
  let pressed = null;
  /** @type {Map<number, {x: number, y: number}>} */
  const fingers = new Map();
  const show = (next) => {
    const scale = Math.min(LARGEST, Math.max(1, next.scale));
    const [{ clientWidth: width, clientHeight: height }] = frames;
    const most = { x: (width * (scale - 1)) / 2, y: (height * (scale - 1)) / 2 };
    const within = (value, limit) => Math.min(limit, Math.max(-limit, value));
    view = { scale, x: within(next.x, most.x), y: within(next.y, most.y) };
    area.toggleAttribute("data-enlarged", scale > 1);
    for (const frame of frames) {
      for (const image of frame.querySelectorAll("img")) image.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    }
  };
  /** Enlarge so that what lies under the point stays there. */
  const closer = (scale, point) => {
    const box = (frames.find((frame) => holds(frame, point)) ?? frames[0]).getBoundingClientRect();
    const [x, y] = [point.x - box.x - box.width / 2, point.y - box.y - box.height / 2];
    const by = Math.min(LARGEST, Math.max(1, scale)) / view.scale;
    show({ scale: view.scale * by, x: x - (x - view.x) * by, y: y - (y - view.y) * by });
  };
  const down = (event) => {
    if (event.target.closest("button, input")) return;
    area.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    pressed = fingers.size === 1 ? { x: event.clientX, y: event.clientY } : null;
  };
  const move = (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, now);
    if (other) {
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      closer((view.scale * distance(now, other)) / Math.max(1, distance(before, other)), middle);
    } else if (view.scale > 1) {
      show({ ...view, x: view.x + now.x - before.x, y: view.y + now.y - before.y });
    }
  };
  const up = (event) => {
    if (!fingers.delete(event.pointerId) || !pressed || fingers.size > 0) return;
    const at = { x: event.clientX, y: event.clientY };
    const across = at.x - pressed.x;
    if (distance(at, pressed) < 10) {
      const isDouble = event.timeStamp - tappedAt < TAP_MS;
      tappedAt = isDouble ? 0 : event.timeStamp;
      if (isDouble) closer(view.scale > 1 ? 1 : CLOSER, at);
    } else if (view.scale === 1 && Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(at.y - pressed.y)) {
      step(across > 0 ? -1 : 1);
    }
  };
  const asked = (event) => {
    const box = frames[0].getBoundingClientRect();
    closer(view.scale * event.detail, { x: box.x + box.width / 2, y: box.y + box.height / 2 });
  };
  const wheel = (event) => {
    if (needsKey && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    closer(view.scale * (event.deltaY < 0 ? 1.2 : 1 / 1.2), { x: event.clientX, y: event.clientY });
  };
  const listeners = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, wheel, "yanshou-zoom": asked };
  for (const [name, listener] of Object.entries(listeners)) area.addEventListener(name, listener, { passive: false });
  return () => {
    for (const [name, listener] of Object.entries(listeners)) area.removeEventListener(name, listener);
  };
}

/** @param {{x: number, y: number}} one @param {{x: number, y: number}} other */
const distance = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);

/** @param {HTMLElement} frame @param {{x: number, y: number}} point */
function holds(frame, point) {
  const { left, right } = frame.getBoundingClientRect();
  return point.x >= left && point.x <= right;
}
