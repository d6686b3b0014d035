/** The view library, in one place: markup as tagged templates, and hooks. */

import htm from "htm";
import { h, render } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";

/** Markup. Values become text or properties, never markup. */
export const html = htm.bind(h);
export { render, useCallback, useEffect, useMemo, useRef, useState };

/**
 * Tell the style sheets how high an element is, as --*name*: what is fixed at the foot of the screen
 * grows with the size of the text, and what lies above it gives way.
 *
 * @param {string} name
 * @returns {{current: any}} the reference to put on the element
 */
export function useHeight(name) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const { style } = document.documentElement;
    const watcher = new ResizeObserver(() => {
      style.setProperty(`--${name}`, `${element.current?.offsetHeight ?? 0}px`);
    });
    if (element.current) watcher.observe(element.current);
    return () => {
      watcher.disconnect();
      style.setProperty(`--${name}`, "0px");
    };
  }, []);
  return element;
}
