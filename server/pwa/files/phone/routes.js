/** Every screen with its address, and the tab it belongs to. */

import { route } from "./router.js";

export const ROUTES = [
  route("", "today", () => import("./screens/today.js")),
  route("safety", "today", () => import("./screens/safety.js")),
  route("me", "me", () => import("./screens/me.js")),
];

/** The tabs below: address, and the permission without which it is not shown. */
export const TABS = [
  { name: "today", address: "#/", permission: null },
  { name: "me", address: "#/me", permission: null },
];
