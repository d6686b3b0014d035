/**
 * What is being written and is not yet to be sent: a step is recorded once, as a whole. Each
 * keystroke is kept on the phone, and nothing of it leaves the phone before it is finished.
 */

import { session } from "../session/session.js";
import { useCallback, useEffect, useRef, useState } from "../view.js";
import { tellChange } from "./changes.js";
import { DRAFT as PREFIX, draftKeys } from "./database.js";

/** @typedef {import("./database.js").Document} Document */

/**
 * @param {string} name such as step/<id of the notice>
 * @param {() => Document} begin the draft where there is none yet
 * @returns {{draft: Document | undefined, change: (changed: Document | ((newest: Document) => Document)) => Promise<void>, forget: () => Promise<void>}}
 *   draft is undefined while it is read
 */
export function useDraft(name, begin) {
  const { database } = session();
  const [draft, setDraft] = useState(/** @type {Document | undefined} */ (undefined));
  const newest = useRef(/** @type {Document | null} */ (null));

  useEffect(() => {
    let isOver = false;
    void database.get("state", PREFIX + name).then((held) => {
      if (isOver) return;
      newest.current = held ?? begin();
      setDraft(/** @type {Document} */ (newest.current));
    });
    return () => {
      isOver = true;
    };
  }, [database, name]);

  const change = useCallback(
    async (changed) => {
      if (!newest.current) return;
      newest.current = { ...newest.current, ...(typeof changed === "function" ? changed(newest.current) : changed) };
      setDraft(/** @type {Document} */ (newest.current));
      // Writes of one connection are done in the order they were asked for.
      await database.put("state", newest.current, PREFIX + name);
    },
    [database, name],
  );
  const forget = useCallback(async () => {
    await database.delete("state", PREFIX + name);
    tellChange();
  }, [database, name]);
  return { draft, change, forget };
}

/**
 * The drafts of a kind: what follows the kind in their names.
 *
 * @param {import("./database.js").Database} database
 * @param {string} kind such as step/
 * @returns {Promise<string[]>}
 */
export async function draftsOf(database, kind) {
  return (await draftKeys(database, kind)).map((key) => String(key).slice((PREFIX + kind).length));
}

/**
 * The photos taken for a record that is still a draft, in the order they were taken.
 *
 * @param {import("./database.js").Database} database
 * @param {string} collection
 * @param {string} id
 * @returns {Promise<string[]>}
 */
export async function photosFor(database, collection, id) {
  const keys = await database.getAllKeysFromIndex("photos", "owner", [collection, id]);
  return keys.map(String).sort();
}
