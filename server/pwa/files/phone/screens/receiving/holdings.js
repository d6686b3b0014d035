/** What the phone holds for receiving: suppliers, products, checklists, switching states, tables. */

import { SamplingTables } from "../../../sampling/tables.js";
import { readState } from "../../storage/database.js";
import { allSeen, documents, seen } from "../../storage/records.js";

/** So many receipts tell what is usual. */
export const LATELY = 100;

/**
 * @param {import("../../storage/database.js").Database} database
 * @param {string[] | null} productIds of the products to read; null reads all
 */
export async function readHoldings(database, productIds) {
  const [suppliers, products, checklists, states, members, tables] = await Promise.all([
    allSeen(database, "suppliers"),
    productIds ? productsOf(database, productIds) : allSeen(database, "products"),
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

/** @returns {Promise<import("../../storage/records.js").Seen[]>} */
async function productsOf(database, ids) {
  const found = await Promise.all(ids.map((id) => seen(database, "products", id)));
  return found.filter((product) => product !== null);
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
