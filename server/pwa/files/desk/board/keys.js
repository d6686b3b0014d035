/** Keys of the board: single letters, which whoever uses such keys otherwise can switch off. */

import { useEffect, useRef, useState } from "../../shared/view.js";

const KEPT_AS = "yanshou.board-keys";

/**
 * @param {Record<string, () => void>} keys what each letter does
 * @param {boolean} isOn
 */
export function useKeys(keys, isOn) {
  const newest = useRef(keys);
  newest.current = keys;
  useEffect(() => {
    if (!isOn) return undefined;
    const press = (/** @type {KeyboardEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTaken(event.target)) return;
      const run = newest.current[event.key.toLowerCase()];
      if (!run) return;
      event.preventDefault();
      run();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [isOn]);
}

/** Whether letters mean something else there: a field, or a dialog that is open. */
function isTaken(target) {
  return document.querySelector("dialog[open]") !== null || (target instanceof Element && target.closest("input:not([type=range]), select, textarea") !== null);
}

/** @returns {[boolean, (isOn: boolean) => void]} whether the keys are on, kept on this device */
export function useKeysChoice() {
  const [isOn, setOn] = useState(() => kept() !== "off");
  const choose = (wanted) => {
    setOn(wanted);
    try {
      localStorage.setItem(KEPT_AS, wanted ? "on" : "off");
    } catch {
      // Without storage the choice holds until the page is closed.
    }
  };
  return [isOn, choose];
}

function kept() {
  try {
    return localStorage.getItem(KEPT_AS);
  } catch {
    return null;
  }
}
