/** What the screens of the phone are written with: the view library, and the phone's database. */

import { useEffect, useState } from "../shared/view.js";
import { onChange } from "./storage/changes.js";

export * from "../shared/view.js";

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
