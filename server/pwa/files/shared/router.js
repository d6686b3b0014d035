/** Addresses of screens: #/receipts/<id>. Each screen's module is loaded when it is first opened. */

/**
 * @typedef {object} Route
 * @property {RegExp} pattern
 * @property {string[]} names of the pattern's groups
 * @property {() => Promise<{default: any}>} load
 * @property {string | null} tab which of the tabs below it belongs to; null has none, and room instead
 */

/**
 * @param {string} path such as "receipts/:id"
 * @param {string | null} tab
 * @param {() => Promise<{default: any}>} load
 * @returns {Route}
 */
export function route(path, tab, load) {
  const names = Array.from(path.matchAll(/:(\w+)/g), ([, name]) => name);
  const pattern = new RegExp(`^${path.replaceAll(/:\w+/g, "([^/]+)")}$`);
  return { pattern, names, load, tab };
}

/**
 * @param {Route[]} routes
 * @param {string} address such as "#/receipts/0191…"
 */
export function match(routes, address) {
  const path = decodeURI(address.replace(/^#?\/?/, "").split("?")[0]);
  for (const candidate of routes) {
    const found = candidate.pattern.exec(path);
    if (!found) continue;
    const values = candidate.names.map((name, position) => [name, decodeURIComponent(found[position + 1])]);
    return { route: candidate, parameters: Object.fromEntries(values) };
  }
  return null;
}

/** @param {string} address */
export function go(address) {
  location.hash = address;
}

/** Exchange the address without a step in the history: after a record was finished or thrown away. */
export function goInstead(address) {
  history.replaceState(null, "", address);
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}
