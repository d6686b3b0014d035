/** Undo and redo: a line of contents and a place in it. Pure. */

const MOST = 100;
// Letters typed into one field are one step, not many.
const ONE_STEP_MS = 1200;

/**
 * @template T
 * @typedef {{past: T[], present: T, future: T[], mark: string, at: number}} History
 */

/** @template T @param {T} present @returns {History<T>} */
export const begun = (present) => ({ past: [], present, future: [], mark: "", at: 0 });

/**
 * @template T
 * @param {History<T>} history
 * @param {T} present
 * @param {string} mark what was changed; the same again shortly after is the same step
 * @param {number} now in milliseconds
 * @returns {History<T>}
 */
export function changed(history, present, mark, now) {
  if (present === history.present) return history;
  const isSameStep = mark !== "" && mark === history.mark && now - history.at < ONE_STEP_MS;
  const past = isSameStep ? history.past : [...history.past, history.present].slice(-MOST);
  return { past, present, future: [], mark, at: now };
}

/** @template T @param {History<T>} history @returns {History<T>} */
export function undone(history) {
  if (history.past.length === 0) return history;
  const present = /** @type {T} */ (history.past.at(-1));
  return { past: history.past.slice(0, -1), present, future: [history.present, ...history.future], mark: "", at: 0 };
}

/** @template T @param {History<T>} history @returns {History<T>} */
export function redone(history) {
  const [present, ...future] = history.future;
  if (present === undefined) return history;
  return { past: [...history.past, history.present], present, future, mark: "", at: 0 };
}
