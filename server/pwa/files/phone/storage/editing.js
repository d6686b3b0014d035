/**
 * Editing a document: what is typed is on the screen at once and in the database as soon as the
 * database takes it. Killing the page loses at most the last keystroke.
 */

import { useCallback, useEffect, useRef, useState } from "../view.js";
import { session } from "../session/session.js";
import { capture } from "./outbox.js";
import { seen } from "./records.js";

/**
 * @typedef {import("./database.js").Document} Document
 *
 * @typedef {object} Editing
 * @property {Document | null | undefined} document undefined while it is read, null if there is none
 * @property {import("./records.js").Seen | null} record
 * @property {(change: (document: Document) => Document, photos?: import("./outbox.js").TakenPhoto[]) => Promise<void>} edit
 *   settled once the change is in the database
 */

/**
 * @param {string} collection
 * @param {string} id
 * @returns {Editing}
 */
export function useEditing(collection, id) {
  const { database } = session();
  const [record, setRecord] = useState(/** @type {any} */ (undefined));
  const newest = useRef(/** @type {Document | null} */ (null));
  const writing = useRef(/** @type {Promise<void> | null} */ (null));

  useEffect(() => {
    let isOver = false;
    void seen(database, collection, id).then((found) => {
      if (isOver) return;
      newest.current = found?.document ?? null;
      setRecord(found);
    });
    return () => {
      isOver = true;
    };
  }, [database, collection, id]);

  const edit = useCallback(
    async (change, photos = []) => {
      if (!newest.current) return;
      newest.current = change(newest.current);
      setRecord((before) => ({ ...before, document: newest.current }));
      // With photos a change is a transaction of its own; without, what was typed while the
      // database was busy goes as one.
      if (photos.length > 0) {
        await writing.current;
        await capture(database, [{ collection, document: /** @type {Document} */ (newest.current) }], photos);
        return;
      }
      if (!writing.current) {
        writing.current = writeDown(database, collection, newest).finally(() => {
          writing.current = null;
        });
      }
      await writing.current;
    },
    [database, collection],
  );

  return { document: record === undefined ? undefined : (record?.document ?? null), record, edit };
}

async function writeDown(database, collection, newest) {
  let written = null;
  while (written !== newest.current) {
    written = newest.current;
    if (written) await capture(database, [{ collection, document: written }]);
  }
}
