/** The tables of the standard, kept on this device: after one visit they are there without a network. */

import { openDB } from "idb";
import { useEffect, useState } from "../../shared/view.js";
import { watchVersion } from "../../shared/new_version.js";
import { SamplingTables } from "../../sampling/tables.js";
import { getUnlessHeld } from "../api.js";

const NAME = "tables";
/** @type {{etag: string | null, tables: SamplingTables} | null} for all screens of this page */
let held = null;
/** @type {Promise<boolean> | null} the question to the server, once for each load of the page */
let renewal = null;

/**
 * The tables, at once where this device has them; a newer edition of the server replaces them.
 *
 * @returns {{tables: SamplingTables | null, error: unknown, again: () => void}}
 *   error only where there are no tables to go on with
 */
export function useTables() {
  const [round, setRound] = useState(0);
  const [state, setState] = useState(
    /** @type {{tables: SamplingTables | null, error: unknown}} */ ({ tables: held?.tables ?? null, error: null }),
  );
  useEffect(() => {
    let isGone = false;
    const show = (error) => {
      if (!isGone) setState({ tables: held?.tables ?? null, error: held ? null : error });
    };
    const bring = async () => {
      if (!held && (await readHeld())) show(null);
      renewal ??= renew();
      await renewal;
      show(null);
      await watchVersion();
    };
    bring().catch((error) => {
      renewal = null;
      show(error);
    });
    return () => {
      isGone = true;
    };
  }, [round]);
  return { ...state, again: () => setRound((n) => n + 1) };
}

/** Whether the device had them. */
async function readHeld() {
  const kept = await store("readonly", (states) => states.get(NAME));
  if (kept) held = { etag: kept.etag, tables: new SamplingTables(kept.content) };
  return held !== null;
}

/** Whether the server had others. */
async function renew() {
  const fresh = await getUnlessHeld("sampling/tables", held?.etag ?? null);
  if (!fresh) return false;
  held = { etag: fresh.etag, tables: new SamplingTables(fresh.content) };
  await store("readwrite", (states) => states.put(fresh, NAME));
  return true;
}

/**
 * A browser may refuse its storage, as in private windows: then the tables last as long as the page.
 *
 * @param {"readonly" | "readwrite"} mode
 * @param {(states: any) => Promise<any>} work
 */
async function store(mode, work) {
  try {
    const database = await openDB("yanshou-desk", 1, {
      upgrade: (fresh) => void fresh.createObjectStore("state"),
    });
    const answer = await work(database.transaction("state", mode).store);
    database.close();
    return answer;
  } catch {
    return undefined;
  }
}
