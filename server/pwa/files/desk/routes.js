/** Every screen of the desk with its address, and the section it belongs to. */

import { route } from "../shared/router.js";

export const ROUTES = [
  route("", "receipts", () => import("./receipts/screen.js")),
  route("receipts", "receipts", () => import("./receipts/screen.js")),
  route("receipts/:id", "receipts", () => import("./receipts/screen.js")),
];

/**
 * The sections, in the order of the navigation: address, sign, and the permission without which a
 * section is not shown.
 *
 * @type {{name: string, address: string, icon: string, permission: string | null}[]}
 */
export const SECTIONS = [
  { name: "receipts", address: "#/receipts", icon: "receive", permission: null },
];
