/**
 * The export file: entries sealed one by one under a passphrase, so that neither writing nor reading
 * ever holds all photos in memory. docs/PHONE-EXPORT.md describes it byte by byte.
 */

/**
 * @typedef {object} Header
 * @property {string} user_id whose work it is
 * @property {string} device_id the phone it was captured on
 * @property {string} created_at
 * @property {number} entries
 *
 * @typedef {object} Entry
 * @property {Record<string, any>} content
 * @property {Blob | null} bytes of a photo
 */

const MAGIC = "YANSHOU-EXPORT 1\n";
const ROUNDS = 600_000;
const ROUNDS_MAX = 10_000_000;
const HEADER_MAX = 4096;
const ENTRY_MAX = 256 * 1024 * 1024;
const IV = 12;

export const PASSPHRASE_SHORTEST = 8;

/** The passphrase opens nothing, or the file was changed. */
export class WrongPassphrase extends Error {}

/** No export file, a part of one, or one of a newer version. */
export class NoExport extends Error {}

/**
 * @param {Header} header
 * @param {AsyncIterable<Entry>} entries as many as the header says
 * @param {string} passphrase
 * @returns {Promise<Blob>}
 */
export async function seal(header, entries, passphrase) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const kdf = { name: "PBKDF2", hash: "SHA-256", iterations: ROUNDS, salt: base64(salt) };
  const line = JSON.stringify({ ...header, cipher: "AES-256-GCM", kdf });
  const key = await keyOf(passphrase, salt, ROUNDS, "encrypt");
  /** @type {BlobPart[]} */
  const parts = [MAGIC, `${line}\n`];
  let place = 0;
  for await (const entry of entries) {
    const iv = crypto.getRandomValues(new Uint8Array(IV));
    const plain = await packed(entry);
    const content = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: boundTo(line, place) }, key, plain);
    // A Blob of its own, so that the browser may keep it on disk.
    parts.push(new Blob([lengthOf(IV + content.byteLength), iv, content]));
    place += 1;
  }
  if (place !== header.entries) throw new Error(`${place} entries instead of ${header.entries}`);
  return new Blob(parts, { type: "application/octet-stream" });
}

/**
 * @param {Blob} file
 * @returns {Promise<{header: Header, line: string, kdf: any, start: number}>}
 */
export async function readHeader(file) {
  const head = new TextDecoder().decode(await file.slice(0, MAGIC.length + HEADER_MAX).arrayBuffer());
  const end = head.indexOf("\n", MAGIC.length);
  if (!head.startsWith(MAGIC) || end < 0) throw new NoExport();
  const line = head.slice(MAGIC.length, end);
  const { kdf, cipher, ...header } = parsed(line);
  const rounds = kdf?.iterations;
  const isKnown = cipher === "AES-256-GCM" && kdf?.name === "PBKDF2" && kdf.hash === "SHA-256";
  if (!isKnown || !(rounds >= 1 && rounds <= ROUNDS_MAX) || !Number.isInteger(header.entries)) throw new NoExport();
  return { header, line, kdf, start: new TextEncoder().encode(MAGIC + line).length + 1 };
}

/**
 * The entries of a file, in order. Each is whole and unchanged, or this throws.
 *
 * @param {Blob} file
 * @param {string} passphrase
 * @returns {AsyncGenerator<Entry>}
 */
export async function* open(file, passphrase) {
  const { header, line, kdf, start } = await readHeader(file);
  const key = await keyOf(passphrase, bytesOf(kdf.salt), kdf.iterations, "decrypt");
  let at = start;
  for (let place = 0; place < header.entries; place += 1) {
    const length = new DataView(await exactly(file, at, 4)).getUint32(0);
    if (length > ENTRY_MAX) throw new NoExport();
    const sealed = new Uint8Array(await exactly(file, at + 4, length));
    at += 4 + length;
    const algorithm = { name: "AES-GCM", iv: sealed.slice(0, IV), additionalData: boundTo(line, place) };
    const plain = await crypto.subtle.decrypt(algorithm, key, sealed.slice(IV)).catch(() => null);
    if (!plain) throw new WrongPassphrase();
    yield unpacked(new Uint8Array(plain));
  }
  if (at !== file.size) throw new NoExport();
}

async function exactly(file, from, length) {
  const bytes = await file.slice(from, from + length).arrayBuffer();
  if (bytes.byteLength !== length) throw new NoExport();
  return bytes;
}

// An entry opens only in its own place of its own file: none can be left out, doubled or exchanged.
const boundTo = (line, place) => new TextEncoder().encode(`${line}\n${place}`);

async function packed({ content, bytes }) {
  const text = new TextEncoder().encode(JSON.stringify(content));
  const photo = new Uint8Array((await bytes?.arrayBuffer()) ?? 0);
  const whole = new Uint8Array(4 + text.length + photo.length);
  whole.set(lengthOf(text.length));
  whole.set(text, 4);
  whole.set(photo, 4 + text.length);
  return whole;
}

function unpacked(plain) {
  const end = 4 + new DataView(plain.buffer).getUint32(0);
  const content = parsed(new TextDecoder().decode(plain.subarray(4, end)));
  const rest = plain.slice(end);
  return { content, bytes: rest.length > 0 ? new Blob([rest], { type: content.photo?.media_type ?? "" }) : null };
}

function lengthOf(length) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new NoExport();
  }
}

async function keyOf(passphrase, salt, iterations, use) {
  // The same passphrase typed on another keyboard must give the same bytes.
  const typed = new TextEncoder().encode(passphrase.normalize("NFC"));
  const material = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: 256 }, false, [use]);
}

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
