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
  // What was sent and not answered yet, or never: what is undone meanwhile is not saved by that.
  const [sent, setSent] = useState(/** @type {any} */ (null));
  const [round, setRound] = useState(0);
  const chain = useRef(Promise.resolve());
  const stand = useRef(/** @type {any} */ ({}));
  stand.current = { content: history?.present, saved, sent };

  useEffect(() => {
    setError(null);
    getJson(`checklist-drafts/${id}`).then((draft) => {
      const held = round === 0 ? unsaved(id, draft) : null;
      sessionStorage.removeItem(kept(id));
      setSaved(draft);
      setSent(null);
      setHistory(held ? changed(begun(draft.content), held, "", 0) : begun(draft.content));
    }, setError);
  }, [id, round]);

  /** Take over what the server has. What was typed stays as it was typed; it counts as saved. */
  const settle = (draft) => {
    Object.assign(stand.current, { saved: draft, sent: null });
    setSaved(draft);
    setSent(null);
    setError(null);
    return draft;
  };

  /** What the server has once it is known whether an unanswered saving arrived. */
  const known = async () => {
    const { saved: before, sent: unanswered } = stand.current;
    if (!unanswered) return before;
    const draft = await getJson(`checklist-drafts/${id}`);
    return settle(hasArrived(draft, before.revision, unanswered) ? { ...draft, content: unanswered } : before);
  };

  /** Save what is on the screen; savings wait for each other. Returns what the server has then. */
  const save = () => {
    const next = chain.current.then(async () => {
      if (!stand.current.saved) return null;
      setSaving(true);
      try {
        const before = await known();
        const { content } = stand.current;
        if (content === before.content) return before;
        stand.current.sent = content;
        setSent(content);
        const after = await send("PUT", `checklist-drafts/${id}`, content, { version: before.revision });
        return settle({ ...after, content });
      } catch (refused) {
        // Answered with a refusal it has not been saved; without an answer nobody knows.
        if (refused instanceof Refused) setSent(null);
        setError(refused);
        return null;
      } finally {
        setSaving(false);
      }
    });
    chain.current = next.catch(() => undefined);
    return next;
  };

  const isDirty =
    history !== null &&
    saved !== null &&
    (isSaving ? history.present !== (sent ?? saved.content) : sent !== null || history.present !== saved.content);
  useEffect(() => {
    if (history === null || saved === null) return;
    if (isDirty || sent !== null) keep(id, { revision: saved.revision, content: history.present, sent });
    else sessionStorage.removeItem(kept(id));
  }, [history?.present, saved?.revision, sent, isDirty]);
  // Not again by itself when it failed: the next change tries anew.
  useEffect(() => {
    if (!isDirty) return undefined;
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

/** @param {string} id @param {{revision: number, content: any, sent: any}} held */
const keep = (id, held) => sessionStorage.setItem(kept(id), JSON.stringify(held));

/** What this tab kept of a draft that nobody else has moved on since. */
function unsaved(id, draft) {
  const held = JSON.parse(sessionStorage.getItem(kept(id)) ?? "null");
  if (held === null) return null;
  // The tab was closed before it heard that its last saving had arrived.
  return held.revision === draft.revision || hasArrived(draft, held.revision, held.sent) ? held.content : null;
}

/** Is the server's draft what was sent on top of this revision? */
const hasArrived = (draft, revision, sent) =>
  sent !== null && draft.revision === revision + 1 && inOrder(draft.content) === inOrder(sent);

/** A content as text, whatever the order of its keys. @param {any} content */
const inOrder = (content) =>
  JSON.stringify(content, (_key, value) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
