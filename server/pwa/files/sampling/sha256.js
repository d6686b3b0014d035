// SHA-256 (FIPS 180-4) at once. The browser's own answers later, and only on pages served over
// HTTPS; drawing item numbers needs a few short texts, there and then.

/** Primes' roots, as the standard defines its constants: nothing to mistype. */
const PRIMES = /** @type {number[]} */ ([]);
for (let n = 2; PRIMES.length < 64; n += 1) if (PRIMES.every((p) => n % p)) PRIMES.push(n);
/** The first 32 bits of the fraction of a root, exactly. @param {number} n @param {bigint} degree */
const rootBits = (n, degree) => Number(root(BigInt(n) << (32n * degree), degree) & 0xffffffffn);
const START = PRIMES.slice(0, 8).map((prime) => rootBits(prime, 2n));
const K = PRIMES.map((prime) => rootBits(prime, 3n));

/** The whole part of a root. @param {bigint} n @param {bigint} degree */
function root(n, degree) {
  let [low, high] = [0n, 1n << 64n];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= n) low = middle;
    else high = middle;
  }
  return low;
}

/** @param {number} x @param {number} n */
const turned = (x, n) => (x >>> n) | (x << (32 - n));

/**
 * The digest as eight unsigned 32-bit numbers, most significant first.
 * @param {string} text hashed as UTF-8
 * @returns {Uint32Array}
 */
export const sha256 = (text) => sha256OfBytes(new TextEncoder().encode(text));

/**
 * @param {Uint8Array} bytes
 * @returns {Uint32Array}
 */
export function sha256OfBytes(bytes) {
  const padded = new Uint8Array(((bytes.length + 72) >> 6) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3);
  const state = Uint32Array.from(START);
  const words = new Uint32Array(64);
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i += 1) words[i] = view.getUint32(at + 4 * i);
    compress(state, words);
  }
  return state;
}

/** @param {Uint32Array} state @param {Uint32Array} words the first sixteen are the block */
function compress(state, words) {
  for (let i = 16; i < 64; i += 1) {
    const [w2, w15] = [words[i - 2], words[i - 15]];
    const s0 = turned(w15, 7) ^ turned(w15, 18) ^ (w15 >>> 3);
    const s1 = turned(w2, 17) ^ turned(w2, 19) ^ (w2 >>> 10);
    words[i] = words[i - 16] + s0 + words[i - 7] + s1;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const one = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + words[i]) | 0;
    const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] += value));
}
