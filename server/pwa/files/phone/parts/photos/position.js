/** Where the phone is, noted while photos are taken. No photo ever waits for it. */

import { decimalText } from "./exif.js";

/**
 * @typedef {object} Position
 * @property {string} latitude [degrees]
 * @property {string} longitude [degrees]
 * @property {string} accuracy_m
 */

const FRESH_MS = 3 * 60_000;
/** @type {{position: Position, at: number} | null} */
let last = null;
let watchers = 0;
let watchId = 0;

/**
 * Follow the position while a camera is open. The first time, the browser asks the person.
 *
 * @returns {() => void} stops it
 */
export function followPosition() {
  if (!navigator.geolocation || !globalThis.isSecureContext) return () => {};
  watchers += 1;
  if (watchers === 1) {
    const settings = { enableHighAccuracy: true, maximumAge: 60_000, timeout: 30_000 };
    // Refused or unknown: photos are taken without it.
    watchId = navigator.geolocation.watchPosition(note, () => {}, settings);
  }
  return () => {
    watchers -= 1;
    if (watchers === 0) navigator.geolocation.clearWatch(watchId);
  };
}

function note({ coords: { latitude, longitude, accuracy }, timestamp }) {
  last = {
    position: { latitude: decimalText(latitude, 7), longitude: decimalText(longitude, 7), accuracy_m: decimalText(accuracy, 1) },
    at: timestamp,
  };
}

/** @returns {Position | null} where the phone was a moment ago */
export function lastPosition() {
  return last && Date.now() - last.at <= FRESH_MS ? last.position : null;
}

/** Whether the person has allowed it before, so that nothing is asked. */
export async function mayBeLocated() {
  const state = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  return state?.state === "granted";
}
