/**
 * Build an element. Children that are not nodes become text: nothing that comes from the server is
 * ever read as markup.
 */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...present(children));
  return node;
}

/** *children* without the gaps that conditions leave. */
export function present(children) {
  return children.flat().filter((child) => child !== null && child !== undefined && child !== false);
}

export function fill(container, ...children) {
  container.replaceChildren(...present(children));
}

/** A term and its description, or nothing where there is nothing to tell. */
export function fact(term, description) {
  if (description === null || description === undefined || description === "") return null;
  return el("div", { class: "fact" }, el("dt", {}, term), el("dd", {}, description));
}
