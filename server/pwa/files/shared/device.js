/** What this installation remembers: who it is, its language, and the sign-in of this tab. */

const DEVICE = "yanshou.device-id";
const LANGUAGE = "yanshou.language";
const TOKEN = "yanshou.token";
const ACCOUNT = "yanshou.account";

// A browser may refuse its storage. Then everything lasts as long as the page does.
const inMemory = new Map();

/** @param {"localStorage" | "sessionStorage"} storage @param {string} key @returns {string | null} */
function read(storage, key) {
  try {
    return window[storage].getItem(key);
  } catch {
    return inMemory.get(key) ?? null;
  }
}

/**
 * @param {"localStorage" | "sessionStorage"} storage
 * @param {string} key
 * @param {string | null} value
 */
function write(storage, key, value) {
  try {
    if (value === null) window[storage].removeItem(key);
    else window[storage].setItem(key, value);
  } catch {
    inMemory.set(key, value);
  }
}

export function deviceId() {
  let id = read("localStorage", DEVICE);
  if (!id) {
    id = newId();
    write("localStorage", DEVICE, id);
  }
  return id;
}

// crypto.randomUUID exists on HTTPS and localhost only; a canteen's server may be plain HTTP.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** What a list of devices shows: the system, as far as the browser tells. */
export function deviceName() {
  const system = /\(([^;)]+)/.exec(navigator.userAgent);
  const { userAgentData } = /** @type {any} */ (navigator);
  return `${userAgentData?.platform || system?.[1] || "Browser"} · web`.slice(0, 100);
}

export const chosenLanguage = () => read("localStorage", LANGUAGE);
export const keepLanguage = (language) => write("localStorage", LANGUAGE, language);
export const token = () => read("sessionStorage", TOKEN);
export const keepToken = (value) => write("sessionStorage", TOKEN, value);

/** The account of this tab's sign-in: after a reload without a network, nobody can be asked for it. */
export const account = () => JSON.parse(read("sessionStorage", ACCOUNT) ?? "null");
export const keepAccount = (value) => write("sessionStorage", ACCOUNT, value && JSON.stringify(value));
