/**
 * A draft while it is written: what is on the screen, what the server has, and undo.
 *
 * Each pause saves it as the server's draft. What could not be saved yet (no network, or something
 * in it that the server refuses) is kept by this tab and is there again after a reload.
 */

import { getJson, Refused, send } from "../api.js";
import { useEffect, useRef, useState } from "../view.js";
import { begun, changed, redone, undone } from "./history.js";

const PAUSE_MS = 700;
const kept = (id) => `yanshou.draft.${id}`;

/** @param {string} id */
export function useDraft(id) {
  const [history, setHistory] = useState(/** @type {any} */ (null));
  const [saved, setSaved] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [isSaving, setSaving] = useState(false);
  const [round, setRound] = useState(0);
  const chain = useRef(Promise.resolve());
  const stand = useRef(/** @type {any} */ ({}));
  stand.current = { content: history?.present, saved };

  useEffect(() => {
    setError(null);
    getJson(`checklist-drafts/${id}`).then((draft) => {
      const held = round === 0 ? unsaved(id, draft.revision) : null;
      sessionStorage.removeItem(kept(id));
      setSaved(draft);
      setHistory(held ? changed(begun(draft.content), held, "", 0) : begun(draft.content));
    }, setError);
  }, [id, round]);

  /** Save what is on the screen; savings wait for each other. Returns what the server has then. */
  const save = () => {
    const next = chain.current.then(async () => {
      const { content, saved: before } = stand.current;
      if (!before || content === before.content) return before;
      setSaving(true);
      try {
        const after = await send("PUT", `checklist-drafts/${id}`, content, { version: before.revision });
        // What was typed stays as it was typed; it counts as saved.
        const held = { ...after, content };
        stand.current.saved = held;
        setSaved(held);
        setError(null);
        sessionStorage.removeItem(kept(id));
        return held;
      } catch (refused) {
        setError(refused);
        return null;
      } finally {
        setSaving(false);
      }
    });
    chain.current = next.catch(() => undefined);
    return next;
  };

  const isDirty = history !== null && saved !== null && history.present !== saved.content;
  useEffect(() => {
    if (!isDirty) {
      // Undone to what the server has: nothing is left to be kept.
      if (history !== null) sessionStorage.removeItem(kept(id));
      return undefined;
    }
    sessionStorage.setItem(kept(id), JSON.stringify({ revision: saved.revision, content: history.present }));
    const timer = window.setTimeout(() => void save(), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [history?.present, saved?.revision]);

  return {
    draft: saved,
    content: history?.present,
    isDirty,
    isSaving,
    error,
    faults: error instanceof Refused && error.problem.errors ? error.problem.errors : (saved?.faults ?? []),
    canUndo: Boolean(history?.past.length),
    canRedo: Boolean(history?.future.length),
    /** @param {(content: any) => any} how @param {string} [mark] */
    change: (how, mark = "") => setHistory((line) => changed(line, how(line.present), mark, Date.now())),
    undo: () => setHistory(undone),
    redo: () => setHistory(redone),
    save,
    /** Take what the server has, and let go of what is here. */
    takeTheirs: () => setRound((n) => n + 1),
  };
}

/** What this tab kept of a draft that has not moved on since. */
function unsaved(id, revision) {
  const held = JSON.parse(sessionStorage.getItem(kept(id)) ?? "null");
  return held?.revision === revision ? held.content : null;
}
