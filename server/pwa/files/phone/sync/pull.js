/** Fetches what changed since the phone's cursor, page by page. */

import { readState } from "../storage/database.js";
import { startOver, takePage } from "../storage/pulled.js";
import { ask, jsonOf, Refused } from "./server.js";

const PAGE = 500;

/**
 * @param {import("./engine.js").Line} line
 * @returns {Promise<number>} after how many seconds to come back
 */
export async function pull(line) {
  for (;;) {
    const cursor = await readState(line.database, "cursor");
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor && { cursor }) });
    let answer;
    try {
      answer = await ask(`sync/pull?${query}`, { token: line.token, headers: await line.headers() });
    } catch (error) {
      if (!mustStartOver(error)) throw error;
      await startOver(line.database);
      continue;
    }
    const page = await jsonOf(answer);
    line.noteServerTime(page.server_time);
    await takePage(line.database, page);
    if (page.changes.length > 0) line.report("pulling");
    if (!page.has_more) return Number(answer.headers.get("Yanshou-Poll-After")) || 30;
  }
}

// Expired (a restored database, a long absence) or no longer understood: begin without a cursor.
function mustStartOver(error) {
  if (!(error instanceof Refused)) return false;
  return error.status === 410 || (error.status === 400 && error.problem.type?.endsWith("cursor-invalid"));
}
