/** SHA-256 of what was made here, also on pages without HTTPS, where the browser's own is missing. */

import { sha256OfBytes } from "../../sampling/sha256.js";

/** @param {Blob} blob @returns {Promise<string>} in hexadecimal digits */
export async function digestOf(blob) {
  const content = new Uint8Array(await blob.arrayBuffer());
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return Array.from(sha256OfBytes(content), (word) => word.toString(16).padStart(8, "0")).join("");
  const digest = new Uint8Array(await subtle.digest("SHA-256", content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
