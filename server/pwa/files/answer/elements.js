/** Making elements. What people wrote becomes text, never markup. */

/**
 * @param {string} name such as "p" or "p.muted"
 * @param {Record<string, any>} [properties] attributes; `on…` are listeners
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {any} an element of the kind that was named
 */
export function make(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2).toLowerCase(), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  for (const child of children) if (child || child === "") element.append(child);
  return element;
}

let ids = 0;
export const newElementId = () => `e${(ids += 1)}`;

/** A UUID; crypto.randomUUID exists on HTTPS and localhost only. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
