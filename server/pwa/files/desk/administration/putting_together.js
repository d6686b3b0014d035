/** A document of which some fields are one side's and some the other's. */

/**
 * *document* with the fields *taken* as they are in theirs.
 *
 * @param {Record<string, any>} document
 * @param {{field: string, theirs: any}[]} comparison fields by paths such as lines/<id>/accepted_quantity
 * @param {Set<string>} taken
 */
export function putTogether(document, comparison, taken) {
  const made = structuredClone(document);
  for (const { field, theirs } of comparison) {
    if (taken.has(field)) put(made, field.split("/"), theirs);
  }
  return made;
}

/** @param {any} inside @param {string[]} path @param {any} value */
function put(inside, [name, ...rest], value) {
  if (Array.isArray(inside)) {
    const at = inside.findIndex((one) => one.id === name);
    if (rest.length > 0) put(inside[at], rest, value);
    else if (at < 0) inside.push(value);
    else if (value === null) inside.splice(at, 1);
    else inside[at] = value;
    return;
  }
  if (rest.length === 0) inside[name] = value;
  else put(inside[name], rest, value);
}
