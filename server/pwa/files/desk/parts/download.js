/** Hand a file to the reader: one of the server's, or one made here. */

import { getBlob } from "../api.js";

/**
 * @param {string} path below /api/v1/
 * @param {string} name of the file
 * @param {(bytes: number) => void} [onProgress] told how much has come
 */
export async function download(path, name, onProgress) {
  hand(await getBlob(path, { onProgress }), name);
}

/**
 * Rows as CSV, as Excel opens it: with a mark for UTF-8. A cell that a spreadsheet would compute is
 * set apart as text.
 *
 * @param {(string | number | null)[][]} rows
 * @param {string} name of the file
 */
export function downloadCsv(rows, name) {
  const lines = rows.map((row) => row.map(cell).join(","));
  hand(new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" }), name);
}

/** @param {string | number | null} value */
function cell(value) {
  if (typeof value === "number") return String(value);
  const told = /^[=+\-@\t\r]/.test(value ?? "") ? `'${value}` : (value ?? "");
  return `"${told.replaceAll('"', '""')}"`;
}

/** @param {Blob} blob @param {string} name */
function hand(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
