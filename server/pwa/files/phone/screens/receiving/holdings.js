/** What the phone holds for receiving: suppliers, products, checklists, switching states, tables. */

import { SamplingTables } from "../../../sampling/tables.js";
import { readState } from "../../storage/database.js";
import { allSeen, documents } from "../../storage/records.js";

/**
 * @param {import("../../storage/database.js").Database} database
 */
export async function readHoldings(database) {
  const [suppliers, products, checklists, states, members, tables] = await Promise.all([
    allSeen(database, "suppliers"),
    allSeen(database, "products"),
    documents(database, "checklists"),
    documents(database, "switching_states"),
    documents(database, "site_members"),
    readState(database, "sampling_tables"),
  ]);
  const byId = (records) => new Map(records.map(({ id, version, document }) => [id, { version, document }]));
  return {
    suppliers: byId(suppliers),
    products: byId(products),
    checklists: checklists.filter((checklist) => checklist.kind === "receipt"),
    states,
    members,
    tables: tables ? new SamplingTables(tables.content) : null,
  };
}

/**
 * How often each id was used lately, the most used first: for lists that begin with the usual.
 *
 * @param {import("../../storage/database.js").Document[]} receipts
 * @param {(receipt: any) => string[]} ids
 * @returns {Map<string, number>}
 */
export function countUses(receipts, ids) {
  const uses = new Map();
  for (const receipt of receipts) for (const id of ids(receipt)) uses.set(id, (uses.get(id) ?? 0) + 1);
  return uses;
}
