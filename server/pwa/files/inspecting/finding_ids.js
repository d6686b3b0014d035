// The ids of the findings that a finished inspection becomes: the same as the server gives them
// (server/inspection/judging.py), so that a notice can name them before there is signal.

import { sha1 } from "./sha1.js";

const NAMESPACE = "0b9c6c1e-9d0c-5c2a-8f4e-3f6d1c5b7a90";

/** @param {string} inspectionId @param {string} itemId */
export const findingId = (inspectionId, itemId) => uuid5(NAMESPACE, `${inspectionId}/${itemId}`);

/**
 * RFC 9562, version 5.
 * @param {string} namespace
 * @param {string} name
 */
export function uuid5(namespace, name) {
  const prefix = Uint8Array.from(namespace.replaceAll("-", "").match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const digest = sha1(new Uint8Array([...prefix, ...new TextEncoder().encode(name)])).slice(0, 16);
  digest[6] = (digest[6] & 0x0f) | 0x50;
  digest[8] = (digest[8] & 0x3f) | 0x80;
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
