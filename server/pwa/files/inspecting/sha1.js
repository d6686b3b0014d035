// SHA-1 (FIPS 180-4), for version 5 UUIDs only. crypto.subtle is there on HTTPS alone, and answers
// later; this answers at once.

/** @param {number} word @param {number} by */
const turned = (word, by) => (word << by) | (word >>> (32 - by));

/**
 * @param {Uint8Array} content
 * @returns {Uint8Array} 20 bytes
 */
export function sha1(content) {
  const view = padded(content);
  const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  const words = new Int32Array(80);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let at = 0; at < 16; at += 1) words[at] = view.getInt32(block + at * 4);
    for (let at = 16; at < 80; at += 1) words[at] = turned(words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16], 1);
    round(state, words);
  }
  const digest = new DataView(new ArrayBuffer(20));
  state.forEach((word, at) => digest.setInt32(at * 4, word));
  return new Uint8Array(digest.buffer);
}

/** @param {Int32Array} state @param {Int32Array} words */
function round(state, words) {
  let [a, b, c, d, e] = state;
  for (let at = 0; at < 80; at += 1) {
    const [mixed, constant] = mix(at, b, c, d);
    const next = (turned(a, 5) + mixed + e + constant + words[at]) | 0;
    [a, b, c, d, e] = [next, a, turned(b, 30), c, d];
  }
  [a, b, c, d, e].forEach((word, at) => {
    state[at] = (state[at] + word) | 0;
  });
}

/** @param {number} at @param {number} b @param {number} c @param {number} d @returns {[number, number]} */
function mix(at, b, c, d) {
  if (at < 20) return [(b & c) | (~b & d), 0x5a827999];
  if (at < 40) return [b ^ c ^ d, 0x6ed9eba1];
  if (at < 60) return [(b & c) | (b & d) | (c & d), 0x8f1bbcdc];
  return [b ^ c ^ d, 0xca62c1d6];
}

/** @param {Uint8Array} content @returns {DataView} whole blocks: a one, zeros, and the length in bits */
function padded(content) {
  const size = Math.ceil((content.length + 9) / 64) * 64;
  const whole = new Uint8Array(size);
  whole.set(content);
  whole[content.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(size - 4, content.length * 8);
  return view;
}
