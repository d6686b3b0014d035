/** The slip as a picture, to be sent by whatever app the phone has. */

import { day, text } from "../../../shared/language.js";
import { session } from "../../session/session.js";
import { keptPhoto, photoBytes } from "../../storage/photos.js";
import { blobOf } from "../../parts/photos/pressing.js";
import { codePath } from "./code.js";

const WIDTH = 1080;
const MARGIN = 60;
const INNER = WIDTH - 2 * MARGIN;
const PHOTO = 225;
const CODE = 400;
const FONT = 'system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';

/**
 * @param {import("./slip.js").Slip} slip
 * @param {string} code the text of the QR code
 * @param {(line: import("./slip.js").RejectedLine) => string} quantityText
 * @returns {Promise<Blob>} a PNG
 */
export async function slipImage(slip, code, quantityText) {
  const rows = rowsOf(slip, quantityText);
  const photos = (await Promise.all(slip.photoIds.map(pictureOf))).filter(Boolean);
  const signature = slip.driverSignature && (await pictureOf(slip.driverSignature.attachment_id));
  const measure = pen(1, 1);
  const textHeight = rows.reduce((sum, row) => sum + heightOf(measure.context, row), 0);
  const height = MARGIN * 2 + textHeight + (photos.length > 0 ? PHOTO + 30 : 0) + CODE;
  const { canvas, context } = pen(WIDTH, height);
  let y = MARGIN;
  for (const row of rows) y = write(context, row, y);
  photos.forEach((picture, place) => cover(context, picture, MARGIN + place * (PHOTO + 20), y, PHOTO));
  if (photos.length > 0) y += PHOTO + 30;
  drawSigned(context, slip, signature, y);
  drawCode(context, code, WIDTH - MARGIN - CODE, y);
  for (const picture of [...photos, signature]) picture?.close();
  return blobOf(canvas, "image/png");
}

/** @typedef {{text: string, size: number, bold?: boolean, grey?: boolean, gap?: number}} Row */

/** @returns {Row[]} */
function rowsOf(slip, quantityText) {
  const fact = (name, value) => (value ? [{ text: `${name}  ${value}`, size: 34, gap: 8 }] : []);
  return [
    { text: text("slip.heading"), size: 60, bold: true },
    { text: `${slip.number}${slip.isProvisional ? ` · ${text("slip.provisional")}` : ""}`, size: 38, bold: true },
    { text: slip.site, size: 32, grey: true, gap: 24 },
    ...fact(text("slip.supplier"), slip.supplier),
    ...fact(text("slip.delivered"), day(slip.deliveredOn)),
    ...fact(text("slip.note"), slip.deliveryNote),
    ...fact(text("slip.vehicle"), [slip.plate, slip.driver].filter(Boolean).join(" · ")),
    ...fact(text("slip.reason"), slip.reason),
    ...slip.lines.flatMap((line) => [
      { text: `${line.name}  ${quantityText(line)}`, size: 36, bold: true },
      ...(line.reason ? [{ text: line.reason, size: 34 }] : []),
      ...(line.batch ? [{ text: text("slip.batch", { batch: line.batch }), size: 30, grey: true, gap: 14 }] : []),
    ]),
    { text: " ", size: 12 },
  ];
}

function pen(width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.textBaseline = "top";
  return { canvas, context };
}

/** Chinese breaks anywhere; words of other scripts stay whole while they fit. */
function linesOf(context, { text: said, size, bold }) {
  context.font = `${bold ? 700 : 400} ${size}px ${FONT}`;
  const lines = [""];
  for (const piece of said.match(/[\w.,:;%/+-]+|\s+|./gsu) ?? []) {
    const last = lines.at(-1) ?? "";
    if (last && context.measureText(last + piece).width > INNER) lines.push(piece.trimStart());
    else lines[lines.length - 1] = last + piece;
  }
  return lines;
}

const heightOf = (context, row) => linesOf(context, row).length * row.size * 1.4 + (row.gap ?? 0);

function write(context, row, y) {
  const lines = linesOf(context, row);
  context.fillStyle = row.grey ? "#526360" : "#16211f";
  lines.forEach((line, place) => context.fillText(line, MARGIN, y + place * row.size * 1.4));
  return y + heightOf(context, row);
}

async function pictureOf(id) {
  const { database } = session();
  const blob = (await photoBytes(database, id)) ?? (await keptPhoto(database, id))?.thumbnail;
  return blob ? createImageBitmap(blob).catch(() => null) : null;
}

function cover(context, picture, x, y, side) {
  const scale = Math.max(side / picture.width, side / picture.height);
  const [width, height] = [side / scale, side / scale];
  context.drawImage(picture, (picture.width - width) / 2, (picture.height - height) / 2, width, height, x, y, side, side);
}

function drawSigned(context, slip, signature, y) {
  write(context, { text: text("slip.driver_signature"), size: 30, grey: true }, y);
  if (signature) {
    const width = 440;
    context.drawImage(signature, MARGIN, y + 50, width, Math.min(220, (width * signature.height) / signature.width));
  }
  context.fillStyle = "#16211f";
  context.fillRect(MARGIN, y + 280, 440, 2);
  const name = slip.driverSignature?.name ?? slip.driver;
  if (name) write(context, { text: name, size: 32 }, y + 292);
}

function drawCode(context, content, x, y) {
  const { size, path } = codePath(content);
  context.save();
  context.translate(x, y);
  context.scale(CODE / size, CODE / size);
  context.fillStyle = "#000000";
  context.fill(new Path2D(path));
  context.restore();
}
