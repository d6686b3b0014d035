// Texts named by the pure modules: a key of the catalogues and what fills its places.

/**
 * What fills a place may be a text itself.
 * @typedef {{key: string, params: {[place: string]: string | number | Message}}} Message
 */

/**
 * A message as people read it. A key the catalogue does not have is shown as it is.
 * @param {Record<string, string>} catalogue
 * @param {Message} message
 * @returns {string}
 */
export function rendered(catalogue, message) {
  const template = catalogue[message.key] ?? message.key;
  return template.replace(/\{(\w+)\}/g, (place, name) => {
    if (!Object.hasOwn(message.params, name)) return place;
    const value = message.params[name];
    return typeof value === "object" ? rendered(catalogue, value) : String(value);
  });
}
