/** Sends photos by tus 1.0.0: whatever breaks, it goes on at the byte the server really has. */

import { notePhoto, photoBytes, photosToSend } from "../storage/photos.js";
import { API, ask, jsonOf, Later, Refused, Unreachable } from "./server.js";

const TUS = { "Tus-Resumable": "1.0.0" };
const PIECE = 512 * 1024;
// There is no upload at that address, or none any more.
const GONE = [404, 405, 410];

/**
 * @typedef {import("./engine.js").Line} Line
 * @typedef {import("../storage/photos.js").KeptPhoto} KeptPhoto
 */

/**
 * Send every photo the server does not have. One that it refuses does not hold up the others.
 *
 * @param {Line} line
 */
export async function sendPhotos(line) {
  for (const photo of await photosToSend(line.database)) {
    try {
      await sendPhoto(line, photo);
    } catch (error) {
      if (!(error instanceof Refused) || error.status === 401) throw error;
      await notePhoto(line.database, photo.id, { problem: error.problem, address: null, offset: 0 });
    }
  }
}

/**
 * What the server says it lacks is sent once more, whatever this phone believed.
 *
 * @param {Line} line
 */
export async function sendAgainWhatIsMissing(line) {
  const { attachments } = await jsonOf(await ask("attachments/missing", { token: line.token }));
  let found = 0;
  for (const { id } of attachments) {
    const photo = await line.database.get("photos", id);
    if (!photo?.is_sent || (await photoBytes(line.database, id)) === undefined) continue;
    await notePhoto(line.database, id, { is_sent: false, address: null, offset: 0 });
    found += 1;
  }
  if (found > 0) await sendPhotos(line);
}

/**
 * @param {Line} line
 * @param {KeptPhoto} photo
 */
async function sendPhoto(line, photo) {
  const bytes = await photoBytes(line.database, photo.id);
  if (!bytes) return;
  let { address, offset } = photo.address ? await found(line, photo) : { address: null, offset: 0 };
  if (!address) ({ address, offset } = await created(line, photo, bytes));
  while (offset < bytes.size) {
    try {
      offset = await sendPiece(line, address, offset, bytes);
    } catch (error) {
      if (!isGone(error)) throw error;
      // Nothing is wrong with the photo: it is begun anew by the next run.
      await notePhoto(line.database, photo.id, { address: null, offset: 0 });
      throw new Later(0);
    }
    await notePhoto(line.database, photo.id, { offset });
    line.report("photos");
  }
  await notePhoto(line.database, photo.id, { is_sent: true, address: null, offset: bytes.size });
}

/** Where an upload begun earlier stands; without an address if the server has forgotten it. */
async function found(line, photo) {
  try {
    const answer = await ask(photo.address, { method: "HEAD", token: line.token, headers: TUS });
    return { address: photo.address, offset: offsetIn(answer) };
  } catch (error) {
    if (isGone(error)) return { address: null, offset: 0 };
    throw error;
  }
}

/** A new upload, with the first piece of it. Its address is kept before anything else is sent. */
async function created(line, photo, bytes) {
  const answer = await ask("uploads", {
    method: "POST",
    token: line.token,
    headers: { ...TUS, "Upload-Length": String(bytes.size), "Upload-Metadata": metadata(photo) },
  });
  const location = answer.headers.get("Location");
  if (location === null) throw new Unreachable("an answer without its address");
  const address = new URL(location, API).href;
  await notePhoto(line.database, photo.id, { address, offset: 0 });
  return { address, offset: 0 };
}

async function sendPiece(line, address, offset, bytes) {
  try {
    const answer = await ask(address, {
      method: "PATCH",
      token: line.token,
      headers: { ...TUS, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" },
      body: bytes.slice(offset, offset + PIECE),
      seconds: 120,
    });
    return offsetIn(answer);
  } catch (error) {
    // Its answer was lost and the bytes are there: ask where it stands, and go on from there.
    if (!(error instanceof Refused && error.status === 409)) throw error;
    const answer = await ask(address, { method: "HEAD", token: line.token, headers: TUS });
    return offsetIn(answer);
  }
}

const isGone = (error) => error instanceof Refused && GONE.includes(error.status);

// Without HTTPS a browser takes an answer that broke off among its headers for a whole one.
function offsetIn(answer) {
  const offset = answer.headers.get("Upload-Offset");
  if (offset === null) throw new Unreachable("an answer without its offset");
  return Number(offset);
}

function metadata({ id, sha256, media_type: mediaType }) {
  const values = { sha256, filename: id, filetype: mediaType, attachment_id: id };
  return Object.entries(values).map(([name, value]) => `${name} ${btoa(value)}`).join(",");
}
