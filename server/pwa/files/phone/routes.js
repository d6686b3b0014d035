/** Every screen with its address, and the tab it belongs to. */

import { route } from "./router.js";

export const ROUTES = [
  route("", "today", () => import("./screens/today.js")),
  route("receipts/new", null, () => import("./screens/receiving/new.js")),
  route("receipts/:id", null, () => import("./screens/receiving/receipt.js")),
  route("receipts/:id/goods", null, () => import("./screens/receiving/goods.js")),
  route("receipts/:id/lines/:line", null, () => import("./screens/receiving/line.js")),
  route("receipts/:id/gates/:gate", null, () => import("./screens/receiving/gate.js")),
  route("receipts/:id/samples", null, () => import("./screens/receiving/samples.js")),
  route("receipts/:id/samples/:line", null, () => import("./screens/receiving/sample.js")),
  route("receipts/:id/decision", null, () => import("./screens/receiving/decision.js")),
  route("safety", "today", () => import("./screens/safety.js")),
  route("me", "me", () => import("./screens/me.js")),
];

/** The tabs below: address, and the permission without which it is not shown. */
export const TABS = [
  { name: "today", address: "#/", permission: null },
  { name: "me", address: "#/me", permission: null },
];
