/** A QR code as one path: sharp at every size, and black on white in every colour scheme. */

import { encode } from "uqr";

import { html } from "./view.js";

const QUIET = 4;

/**
 * @param {string} content
 * @returns {{size: number, path: string}} with the white margin that readers need
 */
export function codePath(content) {
  const { size, data } = encode(content, { ecc: "M", border: QUIET });
  const dark = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")));
  return { size, path: dark.join("") };
}

/** @param {{content: string, label: string}} properties */
export function Code({ content, label }) {
  const { size, path } = codePath(content);
  return html`
    <svg class="code" viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${label} shape-rendering="crispEdges">
      <rect width=${size} height=${size} fill="#ffffff" />
      <path d=${path} fill="#000000" />
    </svg>
  `;
}
