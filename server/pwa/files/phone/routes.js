/** Every screen with its address, and the tab it belongs to. */

import { route } from "../shared/router.js";

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
  route("receipts/:id/slip", null, () => import("./screens/slip/screen.js")),
  route("inbox", "today", () => import("./screens/inbox.js")),
  route("inspections", "inspect", () => import("./screens/inspections.js")),
  route("inspections/new", null, () => import("./screens/inspections/new.js")),
  route("inspections/new/:task", null, () => import("./screens/inspections/new.js")),
  route("inspections/:id", null, () => import("./screens/inspections/inspection.js")),
  route("findings/new", null, () => import("./screens/findings/finding.js")),
  route("findings/of/:entry", null, () => import("./screens/findings/finding.js")),
  route("findings/:id", null, () => import("./screens/findings/finding.js")),
  route("actions", "fix", () => import("./screens/actions.js")),
  route("actions/:id", null, () => import("./screens/actions/notice.js")),
  route("actions/:id/fix", null, () => import("./screens/actions/fix.js")),
  route("notices/new", null, () => import("./screens/actions/new.js")),
  route("notices/new/:inspection", null, () => import("./screens/actions/new.js")),
  route("registers", "inspect", () => import("./screens/registers.js")),
  route("registers/entries/:id", null, () => import("./screens/registers/entry.js")),
  route("registers/entries/:id/again", null, () => import("./screens/registers/again.js")),
  route("registers/:code/new/:site/:about", null, () => import("./screens/registers/new.js")),
  route("staff", "inspect", () => import("./screens/staff.js")),
  route("safety", "today", () => import("./screens/safety.js")),
  route("me", "me", () => import("./screens/me.js")),
  route("about", "me", () => import("./screens/about.js")),
];

/** The tabs below: address, and the permission without which it is not shown. */
export const TABS = [
  { name: "today", address: "#/", permission: null },
  { name: "inspect", address: "#/inspections", permission: "read_records" },
  { name: "fix", address: "#/actions", permission: "read_records" },
  { name: "me", address: "#/me", permission: null },
];
