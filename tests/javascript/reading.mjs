// Reads the QR code in a picture that comes as rows of true (dark) and false on the standard input.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const jsQR = createRequire(import.meta.url)("jsqr");
const SCALE = 4;

const rows = JSON.parse(readFileSync(0, "utf8"));
const [height, width] = [rows.length * SCALE, rows[0].length * SCALE];
const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
for (let y = 0; y < height; y += 1) {
  for (let x = 0; x < width; x += 1) {
    const shade = rows[Math.floor(y / SCALE)][Math.floor(x / SCALE)] ? 0 : 255;
    pixels.fill(shade, (y * width + x) * 4, (y * width + x) * 4 + 3);
  }
}
process.stdout.write(JSON.stringify((jsQR.default ?? jsQR)(pixels, width, height)?.data ?? null));
