/** The few signs of the app, drawn here: one stroke width, one size, the colour of the text. */

import { html } from "./view.js";

const PATHS = {
  today: "M3 11.5 12 4l9 7.5M5.5 9.5V20h13V9.5M10 20v-6h4v6",
  receive: "M3 7h11v10H3zM14 10h4l3 3.5V17h-7zM7 20a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM17.5 20a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  inspect: "M9 4h6v3H9zM7 5.5H5V21h14V5.5h-2M8.5 14l2.5 2.5 4.5-5",
  fix: "M14.5 6.5a4 4 0 0 0-5 5L4 17l3 3 5.5-5.5a4 4 0 0 0 5-5L15 12l-3-3z",
  me: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20.5c1.2-4 4.2-5.5 8-5.5s6.8 1.5 8 5.5",
  back: "M15 5l-7 7 7 7",
  camera: "M4 8h3.5l1.5-2.5h6L16.5 8H20v11H4zM12 16.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20.5 20.5l-4.5-4.5",
  barcode: "M4 6v12M7.5 6v12M10 6v12M14 6v12M16.5 6v12M20 6v12",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  sync: "M4.5 12a7.5 7.5 0 0 1 13-5l2 2M19.5 4.5V9H15M19.5 12a7.5 7.5 0 0 1-13 5l-2-2M4.5 19.5V15H9",
  warning: "M12 4l9.5 16h-19zM12 10v4.5M12 17.2v.3",
  pen: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  chevron: "M9 5l7 7-7 7",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15zM10 21.5h4",
  gallery: "M4 5h16v14H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15.5 10.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4z",
  torch: "M13 3 6 13.5h5L10 21l7.5-10.5h-5z",
  undo: "M8 5 4 9l4 4M4.5 9H14a5.5 5.5 0 0 1 0 11H9",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  overview: "M4 20V11M10 20V5M16 20v-8M21 20H3",
  sampling: "M4 5h16v14H4zM4 10h16M9.5 5v14M14.5 5v14",
  switching: "M4 8h13M14 4.5 17.5 8 14 11.5M20 16H7M10 12.5 6.5 16l3.5 3.5",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 19.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13",
};

/**
 * A sign beside a text that says the same: hidden from readers of the screen.
 *
 * @param {{name: string}} properties
 */
export function Icon({ name }) {
  return html`
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d=${PATHS[name] ?? PATHS.check} />
    </svg>
  `;
}
