/** The view library, in one place: markup as tagged templates, and hooks that follow the database. */

import htm from "htm";
import { h, render } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";

import { onChange } from "./storage/changes.js";

/** Markup. Values become text or properties, never markup. */
export const html = htm.bind(h);
export { render, useCallback, useEffect, useMemo, useRef, useState };

/**
 * The newest answer of *query*, asked again after every change of the phone's database.
 *
 * @template T
 * @param {() => Promise<T>} query
 * @param {unknown[]} inputs what the query depends on
 * @returns {T | undefined} undefined before the first answer
 */
export function useLive(query, inputs = []) {
  const [answer, setAnswer] = useState(/** @type {T | undefined} */ (undefined));
  useEffect(() => {
    let isOver = false;
    let round = 0;
    const ask = async () => {
      const mine = ++round;
      const found = await query();
      // A slower, older answer must not replace a newer one.
      if (!isOver && mine === round) setAnswer(found);
    };
    void ask();
    const stop = onChange(() => void ask());
    return () => {
      isOver = true;
      stop();
    };
  }, inputs);
  return answer;
}

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
