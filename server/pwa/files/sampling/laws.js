// How many nonconforming items, or nonconformities, a sample holds: three laws of chance. The same
// recurrences as sampling/distributions.py: each list starts at the smallest possible count.

/**
 * The chances of 0, 1, … below − 1 in the next `size` items, after `found` among `drawn` before.
 * @typedef {(drawn: number, found: number, size: number, below: number) => number[]} Law
 */

/** Items of a process with a constant proportion nonconforming, 0 … 1. @param {number} proportion @returns {Law} */
export function binomialLaw(proportion) {
  return (_drawn, _found, size, below) => {
    if (proportion >= 1) return Array.from({ length: below }, (_, count) => (count === size ? 1 : 0));
    const odds = proportion / (1 - proportion);
    return running(below, Math.exp(size * Math.log1p(-proportion)), (count) => ((size - count) / (count + 1)) * odds);
  };
}

/** Nonconformities that fall on items independently. @param {number} rate for each item @returns {Law} */
export function poissonLaw(rate) {
  return (_drawn, _found, size, below) =>
    running(below, Math.exp(-size * rate), (count) => (size * rate) / (count + 1));
}

/**
 * Items drawn without putting back from one lot whose content is fixed.
 * @param {number} lotSize
 * @param {number} nonconforming items in it, 0 … lotSize
 * @returns {Law}
 */
export function hypergeometricLaw(lotSize, nonconforming) {
  return (drawn, found, size, below) => {
    const bad = nonconforming - found;
    const good = lotSize - drawn - bad;
    if (bad < 0 || good < 0) return zeros(below);
    const smallest = Math.max(0, size - good);
    // Where the sample takes more than the good ones, it is the rest of the lot that is all bad.
    const first = size > good ? noneAmong(good + bad - size, bad, good) : noneAmong(size, good, bad);
    const chances = zeros(Math.min(smallest, below));
    let chance = first;
    for (let count = smallest; count < below; count += 1) {
      chances.push(chance);
      chance *= ((bad - count) / (count + 1)) * ((size - count) / (good - size + count + 1));
    }
    return chances;
  };
}

/** Whole nonconforming items nearest to *percent* of the lot. @param {number} lotSize @param {number} percent */
export const nonconformingInLot = (lotSize, percent) =>
  Math.min(lotSize, Math.floor((percent * lotSize) / 100 + 0.5));

/** C(good, size) / C(good + bad, size). @param {number} size @param {number} good @param {number} bad */
function noneAmong(size, good, bad) {
  const total = good + bad;
  const [few, many] = size < bad ? [size, bad] : [bad, size];
  let chance = 1;
  for (let place = 0; place < few && chance > 0; place += 1) chance *= (total - many - place) / (total - place);
  return chance;
}

/** @param {number} below @param {number} first @param {(count: number) => number} factor */
function running(below, first, factor) {
  const chances = [];
  let chance = first;
  for (let count = 0; count < below; count += 1) {
    chances.push(chance);
    chance *= factor(count);
  }
  return chances;
}

/** @param {number} length @returns {number[]} */
export const zeros = (length) => Array.from({ length }, () => 0);
