/** The names of the units of one's sites. */

import { useAnswer } from "../view.js";

/** @returns {Map<string, string>} by id */
export function useUnits() {
  const { answer } = useAnswer("units?limit=200");
  return new Map((answer?.units ?? []).map(({ document }) => [document.id, document.name]));
}
