import { answer, load } from "./answering.mjs";

const { codeText, slipOf } = await load("phone/screens/slip/slip.js");
const { readable, roomLevel } = await load("phone/storage/room.js");
const { encode } = await load("libraries/uqr.js");

const words = { title: "验收拒收单", quantity: (line) => `${line.rejected}/${line.delivered} ${line.unit}` };

answer({
  slip: ({ receipt, supplier, products }) =>
    slipOf(receipt, { supplier, products: new Map(Object.entries(products)), site: "一号食堂" }),
  text: ({ slip }) => codeText(slip, words),
  code: ({ content }) => {
    let made;
    encode(content, { ecc: "M", border: 0, onEncoded: (result) => (made = result) });
    return { version: made.version, mask: made.maskPattern, rows: made.data.map((row) => row.map(Number)) };
  },
  room: ({ used, quota }) => roomLevel(used, quota),
  size: ({ bytes }) => readable(bytes),
});
