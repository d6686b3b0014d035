/** When room is short. Pure. */

/** @typedef {"fine" | "short" | "unknown"} RoomLevel */

const LEAST_FREE = 200 * 1024 * 1024;
const MOST_USED = 0.8;

/**
 * Short is what a day's photos may fill: 200 MB free, or four fifths used.
 *
 * @param {number | null} used bytes
 * @param {number | null} quota bytes
 * @returns {RoomLevel}
 */
export function roomLevel(used, quota) {
  if (used === null || quota === null || !(quota > 0)) return "unknown";
  return quota - used < LEAST_FREE || used / quota > MOST_USED ? "short" : "fine";
}

/**
 * A number of bytes in the unit it is best read in.
 *
 * @param {number} bytes
 * @returns {{value: number, unit: "KB" | "MB" | "GB"}}
 */
export function readable(bytes) {
  if (bytes < 1024 ** 2) return { value: Math.ceil(bytes / 1024), unit: "KB" };
  if (bytes < 1024 ** 3) return { value: Math.round(bytes / 1024 ** 2), unit: "MB" };
  return { value: Math.round((bytes / 1024 ** 3) * 10) / 10, unit: "GB" };
}
