/** What a pen drew on a picture: lines, arrows and circles. */

/**
 * @typedef {object} Stroke
 * @property {string} tool pen, arrow or circle
 * @property {string} colour
 * @property {number[][]} points from 0 to 1, across and down
 */

const WIDTH = 1 / 120;
const HEAD = 5;

/**
 * @param {HTMLCanvasElement} canvas becomes as large as the picture
 * @param {ImageBitmap} picture
 * @param {Stroke[]} strokes
 */
export function drawSketch(canvas, picture, strokes) {
  const { width, height } = picture;
  Object.assign(canvas, { width, height });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.drawImage(picture, 0, 0);
  pen.lineCap = pen.lineJoin = "round";
  for (const { tool, colour, points } of strokes) {
    const line = points.map(([x, y]) => [x * width, y * height]);
    // A dark rim keeps every colour apart from what lies under it.
    for (const [style, thick] of [["rgb(0 0 0 / 55%)", 1.8], [colour, 1]]) {
      pen.strokeStyle = /** @type {string} */ (style);
      pen.lineWidth = Math.max(width, height) * WIDTH * /** @type {number} */ (thick);
      pen.beginPath();
      SHAPES[tool](pen, line);
      pen.stroke();
    }
  }
}

const SHAPES = {
  pen(pen, line) {
    pen.moveTo(line[0][0], line[0][1]);
    for (const [x, y] of line) pen.lineTo(x, y);
  },
  arrow(pen, line) {
    const [from, to] = [line[0], line[line.length - 1]];
    const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
    const size = pen.canvas.width * WIDTH * HEAD;
    pen.moveTo(from[0], from[1]);
    pen.lineTo(to[0], to[1]);
    for (const turn of [2.6, -2.6]) {
      pen.moveTo(to[0], to[1]);
      pen.lineTo(to[0] + size * Math.cos(angle + turn), to[1] + size * Math.sin(angle + turn));
    }
  },
  circle(pen, line) {
    const [from, to] = [line[0], line[line.length - 1]];
    const [across, down] = [Math.abs(to[0] - from[0]) / 2, Math.abs(to[1] - from[1]) / 2];
    pen.ellipse((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, across, down, 0, 0, 2 * Math.PI);
  },
};
