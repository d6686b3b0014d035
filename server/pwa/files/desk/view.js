/** What the screens of the desk are written with: the view library, the API's answers, addresses. */

import { useEffect, useState } from "../shared/view.js";
import { getJson } from "./api.js";

export * from "../shared/view.js";

/**
 * What the API answers to *path*, asked anew when the path changes. The last answer stays while the
 * next one is on its way.
 *
 * @param {string | null} path below /api/v1/, such as "suppliers?limit=50"; null asks for nothing
 * @returns {{answer: any, error: unknown, isLoading: boolean, again: () => void}}
 */
export function useAnswer(path) {
  const [round, setRound] = useState(0);
  const [state, setState] = useState(/** @type {{answer: any, error: unknown, isLoading: boolean}} */ (
    { answer: undefined, error: null, isLoading: path !== null }
  ));
  useEffect(() => {
    if (path === null) return undefined;
    const asking = new AbortController();
    setState(({ answer }) => ({ answer, error: null, isLoading: true }));
    getJson(path, { signal: asking.signal }).then(
      (answer) => setState({ answer, error: null, isLoading: false }),
      (error) => {
        if (!asking.signal.aborted) setState(({ answer }) => ({ answer, error, isLoading: false }));
      },
    );
    return () => asking.abort();
  }, [path, round]);
  return { ...state, again: () => setRound((n) => n + 1) };
}

/**
 * A list that the API gives page by page.
 *
 * @param {string} path with its filters, without cursor
 * @param {string} name of the list in the answer, such as "goods_receipts"
 * @returns {{entries: any[], error: unknown, isLoading: boolean, more: (() => void) | null, again: () => void}}
 *   more is null where nothing follows
 */
export function usePages(path, name) {
  const [round, setRound] = useState(0);
  const [state, setState] = useState(
    /** @type {{entries: any[], cursor: string | null, error: unknown, isLoading: boolean}} */ (
      { entries: [], cursor: null, error: null, isLoading: true }
    ),
  );
  const [wanted, setWanted] = useState(/** @type {string | null} */ (null));
  useEffect(() => setWanted(null), [path, round]);
  useEffect(() => {
    const asking = new AbortController();
    const join = path.includes("?") ? "&" : "?";
    const address = wanted === null ? path : `${path}${join}cursor=${encodeURIComponent(wanted)}`;
    setState((before) => ({ ...before, error: null, isLoading: true }));
    getJson(address, { signal: asking.signal }).then(
      (page) =>
        setState(({ entries }) => ({
          entries: wanted === null ? page[name] : [...entries, ...page[name]],
          cursor: page.next_cursor ?? null,
          error: null,
          isLoading: false,
        })),
      (error) => {
        if (!asking.signal.aborted) setState((before) => ({ ...before, error, isLoading: false }));
      },
    );
    return () => asking.abort();
  }, [path, wanted, round]);
  const { entries, cursor, error, isLoading } = state;
  return {
    entries,
    error,
    isLoading,
    more: cursor === null ? null : () => setWanted(cursor),
    again: () => setRound((n) => n + 1),
  };
}

/** What stands behind the ? of the address: the filters of the screen, so that a link holds them. */
export function query() {
  return Object.fromEntries(new URLSearchParams(location.hash.split("?")[1] ?? ""));
}

/**
 * Change filters in the address, without a step in the history. Empty ones leave it.
 *
 * @param {Record<string, string | null>} changes
 */
export function changeQuery(changes) {
  const kept = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query(), ...changes })) {
    if (value !== null && value !== "") kept.set(name, value);
  }
  const path = location.hash.split("?")[0] || "#/";
  history.replaceState(null, "", kept.size ? `${path}?${kept}` : path);
  window.dispatchEvent(new Event("yanshou-query"));
}

/** The filters of the address, followed as they change. @returns {Record<string, string>} */
export function useQuery() {
  const [, drawAgain] = useState(0);
  useEffect(() => {
    const again = () => drawAgain((n) => n + 1);
    const events = ["yanshou-query", "hashchange"];
    for (const name of events) window.addEventListener(name, again);
    return () => {
      for (const name of events) window.removeEventListener(name, again);
    };
  }, []);
  return query();
}

/**
 * *path* with those of *values* that hold something as its query.
 *
 * @param {string} path
 * @param {Record<string, string | number | null | undefined>} values
 */
export function withQuery(path, values) {
  const held = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const parts = new URLSearchParams(held.map(([name, value]) => [name, String(value)]));
  return parts.size ? `${path}?${parts}` : path;
}
