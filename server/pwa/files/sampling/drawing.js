// Which items to open: the numbers that sampling/selection.py draws for the same seed. The method
// is described there; it rests on SHA-256 alone, so any language draws the same.

import { SamplingError, checkChoice, checkInteger, checkLotSize } from "./errors.js";
import { sha256 } from "./sha256.js";

export const METHODS = ["simple", "systematic", "stratified"];
export const LARGEST_DRAW = 100_000;
const RANGE = 2 ** 32;

/**
 * The numbers of the items to open, in ascending order.
 * @param {number} lotSize items in the lot, numbered 1 … lotSize
 * @param {number} sampleSize 1 … lotSize, at most 100 000
 * @param {string} seed kept on the record; the same seed gives the same items
 * @param {string} [method]
 * @param {number[] | null} [strata] for "stratified": items in each pallet; together the lot
 * @returns {number[]}
 */
export function drawItemNumbers(lotSize, sampleSize, seed, method = "simple", strata = null) {
  checkLotSize(lotSize);
  checkInteger("sample_size", sampleSize, 1, Math.min(lotSize, LARGEST_DRAW));
  checkSeed(seed);
  checkChoice("method", method, METHODS);
  if (method !== "stratified" && strata !== null) {
    throw new SamplingError("not-one-of", "method", method, ["stratified"]);
  }
  const stream = new Stream(seed);
  if (method === "systematic") {
    const start = stream.below(lotSize);
    const place = (/** @type {number} */ k) => Math.floor((start + k * lotSize) / sampleSize) + 1;
    return Array.from({ length: sampleSize }, (_, k) => place(k));
  }
  if (method === "simple") return ascending(draw(stream, lotSize, sampleSize));
  return drawStrata(stream, checkedStrata(strata, lotSize), sampleSize);
}

/**
 * The items of every stage of a double or multiple plan, by simple drawing. The first stage does
 * not depend on whether more are ever drawn.
 * @param {number} lotSize
 * @param {number[]} sampleSizes together at most the lot
 * @param {string} seed
 * @returns {number[][]} disjoint, each in ascending order
 */
export function drawStages(lotSize, sampleSizes, seed) {
  checkLotSize(lotSize);
  sampleSizes.forEach((size, at) => checkInteger(`sample_sizes[${at}]`, size, 1, lotSize));
  const total = sampleSizes.reduce((sum, size) => sum + size, 0);
  checkInteger("sample_size", total, 1, Math.min(lotSize, LARGEST_DRAW));
  checkSeed(seed);
  const order = draw(new Stream(seed), lotSize, total);
  let done = 0;
  return sampleSizes.map((size) => {
    done += size;
    return ascending(order.slice(done - size, done));
  });
}

/**
 * Items to draw from each stratum, proportional to its size: largest remainders first, earlier
 * strata first among equals.
 * @param {number} sampleSize
 * @param {number[]} strata
 * @returns {number[]}
 */
export function allocate(sampleSize, strata) {
  const total = strata.reduce((sum, size) => sum + size, 0);
  const shares = strata.map((size) => Math.floor((sampleSize * size) / total));
  const remainder = (/** @type {number} */ at) => (sampleSize * strata[at]) % total;
  const places = strata.map((_, at) => at).sort((a, b) => remainder(b) - remainder(a) || a - b);
  const left = sampleSize - shares.reduce((sum, share) => sum + share, 0);
  for (const at of places.slice(0, left)) shares[at] += 1;
  return shares;
}

/** @param {Stream} stream @param {number[]} strata @param {number} sampleSize */
function drawStrata(stream, strata, sampleSize) {
  const shares = allocate(sampleSize, strata);
  /** @type {number[]} */
  const drawn = [];
  let first = 0;
  for (const [at, size] of strata.entries()) {
    for (const item of draw(stream, size, shares[at])) drawn.push(first + item);
    first += size;
  }
  return ascending(drawn);
}

/** Simple drawing: only moved places are remembered. */
/** @param {Stream} stream @param {number} lotSize @param {number} sampleSize */
function draw(stream, lotSize, sampleSize) {
  /** @type {Map<number, number>} */
  const moved = new Map();
  /** @type {number[]} */
  const order = [];
  for (let place = 0; place < sampleSize; place += 1) {
    const other = place + stream.below(lotSize - place);
    order.push((moved.get(other) ?? other) + 1);
    moved.set(other, moved.get(place) ?? place);
    if (other !== place) moved.delete(place);
  }
  return order;
}

/** @param {number[]} numbers */
const ascending = (numbers) => numbers.sort((one, other) => one - other);

/** @param {unknown} seed */
function checkSeed(seed) {
  const length = typeof seed === "string" ? [...seed].length : 0;
  if (length >= 1 && length <= 200) return;
  throw new SamplingError("wrong-shape", "seed", seed, ["text of 1 … 200 characters"]);
}

/** @param {number[] | null} strata @param {number} lotSize @returns {number[]} */
function checkedStrata(strata, lotSize) {
  if (!Array.isArray(strata) || !strata.length) {
    throw new SamplingError("wrong-shape", "strata", strata, [`= ${lotSize}`]);
  }
  strata.forEach((size, at) => checkInteger(`strata[${at}]`, size, 1, lotSize));
  const total = strata.reduce((sum, size) => sum + size, 0);
  if (total === lotSize) return strata;
  throw new SamplingError("out-of-range", "strata", total, [`= ${lotSize}`]);
}

/** The numbers a seed gives, one after another. */
class Stream {
  #seed;
  #block = 0;
  /** @type {number[]} */
  #numbers = [];

  /** @param {string} seed */
  constructor(seed) {
    this.#seed = seed;
  }

  /** The next number in 0 … bound − 1, each equally likely. @param {number} bound */
  below(bound) {
    const end = RANGE - (RANGE % bound);
    for (;;) {
      const number = this.#next();
      if (number < end) return number % bound;
    }
  }

  /** @returns {number} */
  #next() {
    if (!this.#numbers.length) {
      this.#numbers = [...sha256(`${this.#seed}:${this.#block}`)].reverse();
      this.#block += 1;
    }
    return /** @type {number} */ (this.#numbers.pop());
  }
}
