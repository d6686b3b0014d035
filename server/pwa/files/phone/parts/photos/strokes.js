/** What a pen drew. */

/** @typedef {[number, number][]} Stroke points [CSS pixels] */

/**
 * How much was drawn: a touch by mistake is not a name.
 *
 * @param {Stroke[]} strokes
 * @returns {number} [CSS pixels]
 */
export function strokeLength(strokes) {
  let length = 0;
  for (const stroke of strokes) {
    for (let place = 1; place < stroke.length; place += 1) {
      length += Math.hypot(stroke[place][0] - stroke[place - 1][0], stroke[place][1] - stroke[place - 1][1]);
    }
  }
  return length;
}
