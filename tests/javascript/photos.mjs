import { answer, load } from "./answering.mjs";

const { cameraFacts, decimalText, exifOfMoment, readExif, uprightExif } = await load("phone/parts/photos/exif.js");
const { mediaTypeOf, segmentsOf, withSegments } = await load("phone/parts/photos/jpeg.js");
const { sha256OfBytes } = await load("sampling/sha256.js");
const { strokeLength } = await load("phone/parts/photos/strokes.js");

const bytes = (text) => Uint8Array.from(Buffer.from(text, "base64"));
const text = (content) => Buffer.from(content).toString("base64");

answer({
  facts: ({ file }) => {
    const exif = segmentsOf(bytes(file)).exif;
    const read = exif && readExif(exif);
    return read && cameraFacts(read);
  },
  carried: ({ from, to }) => {
    const { exif, traces } = segmentsOf(bytes(from));
    const read = (exif && readExif(exif)) ?? { isLittle: false, main: new Map(), details: new Map(), place: new Map() };
    return text(withSegments(bytes(to), uprightExif(read), traces));
  },
  own: ({ to, milliseconds, offset_minutes }) => text(withSegments(bytes(to), exifOfMoment(milliseconds, offset_minutes), [])),
  kind: ({ file }) => mediaTypeOf(bytes(file)),
  digest: ({ file }) => Array.from(sha256OfBytes(bytes(file)), (word) => word.toString(16).padStart(8, "0")).join(""),
  decimal: ({ value, places }) => decimalText(value, places),
  drawn: ({ strokes }) => strokeLength(strokes),
});
