/** Every screen of the desk with its address, and the section it belongs to. */

import { addTexts } from "../shared/language.js";
import { route } from "../shared/router.js";
import { PARTS } from "./administration/parts.js";

/** The screens about checklists show them as a phone does: with the phone's texts beside their own. */
const authoring = (load) => () =>
  Promise.all([load(), addTexts(["receiving", "tasks", "authoring"])]).then(([screen]) => screen);

/** Getting data in and out has texts of its own. */
const exchange = (load) => () => Promise.all([load(), addTexts(["exchange"])]).then(([screen]) => screen);

/** Inspections are told of with the phone's words for grades. */
const inspecting = (load) => () => Promise.all([load(), addTexts(["tasks", "supervision"])]).then(([screen]) => screen);

/** The lists behind figures of the overview stand in one module. @param {"Papers" | "Registers" | "Devices"} name */
const listOf = (name) => import("./overview/lists.js").then((lists) => ({ default: lists[name] }));

export const ROUTES = [
  route("", "overview", () => import("./overview/screen.js")),
  route("overview/papers", "overview", () => listOf("Papers")),
  route("overview/registers", "overview", () => listOf("Registers")),
  route("overview/devices", "overview", () => listOf("Devices")),
  route("inspections", "actions", inspecting(() => import("./inspections/list_screen.js"))),
  route("inspections/:id", "actions", inspecting(() => import("./inspections/inspection_screen.js"))),
  route("findings", "actions", inspecting(() => import("./inspections/findings_screen.js"))),
  route("actions", "actions", () => import("./board/screen.js")),
  route("actions/statistics", "actions", () => import("./board/statistics.js")),
  route("actions/:id", "actions", () => import("./board/screen.js")),
  route("receipts", "receipts", () => import("./receipts/screen.js")),
  route("receipts/:id", "receipts", () => import("./receipts/screen.js")),
  route("batches", "receipts", () => import("./receipts/trace_screen.js")),
  route("sampling", "sampling", () => import("./sampling/plan_screen.js")),
  route("sampling/tables/:table", "sampling", () => import("./sampling/tables_screen.js")),
  route("sampling/compare", "sampling", () => import("./sampling/compare_screen.js")),
  route("sampling/lever", "sampling", () => import("./sampling/lever_screen.js")),
  route("sampling/draw", "sampling", () => import("./sampling/draw_screen.js")),
  route("switching", "switching", () => import("./switching/list_screen.js")),
  route("switching/:id", "switching", () => import("./switching/detail_screen.js")),
  route("administration/checklists", "administration", authoring(() => import("./authoring/list_screen.js"))),
  route("administration/checklists/unconfirmed", "administration", authoring(() => import("./authoring/unconfirmed_screen.js"))),
  route("administration/checklists/:id", "administration", authoring(() => import("./authoring/version_screen.js"))),
  route("administration/checklist-drafts/:id", "administration", authoring(() => import("./authoring/draft_screen.js"))),
  route("administration/checklist-import", "administration", authoring(() => import("./authoring/import_screen.js"))),
  route("administration", "administration", () => import("./administration/index_screen.js")),
  route("administration/people", "administration", () => import("./administration/people_screen.js")),
  route("administration/people/:id", "administration", () => import("./administration/person_screen.js")),
  route("administration/devices", "administration", () => import("./administration/devices_screen.js")),
  route("administration/devices/:id", "administration", () => import("./administration/device_screen.js")),
  route("administration/suppliers", "administration", () => import("./administration/suppliers_screen.js")),
  route("administration/suppliers/:id", "administration", () => import("./administration/supplier_screen.js")),
  route("administration/products", "administration", () => import("./administration/products_screen.js")),
  route("administration/products/:id", "administration", () => import("./administration/product_screen.js")),
  route("administration/quarantine", "administration", () => import("./administration/quarantine_screen.js")),
  route("administration/quarantine/:id", "administration", () => import("./administration/quarantined_screen.js")),
  route("administration/conflicts", "administration", () => import("./administration/conflicts_screen.js")),
  route("administration/conflicts/:id", "administration", () => import("./administration/conflict_screen.js")),
  route("administration/import", "administration", exchange(() => import("./exchange/import_screen.js"))),
  route("administration/lists", "administration", exchange(() => import("./exchange/lists_screen.js"))),
  route("administration/tokens", "administration", exchange(() => import("./exchange/tokens_screen.js"))),
  route("administration/tokens/new", "administration", exchange(() => import("./exchange/token_screen.js"))),
  route("administration/jobs", "administration", () => import("./administration/jobs_screen.js")),
  route("administration/audit", "administration", () => import("./administration/audit_screen.js")),
];

/**
 * Without which permissions a screen is not opened, also by its address: that of its section, and of
 * its part of the administration. The API refuses what the screen would ask for; this says so before
 * anything is asked, also where phones need the same answers, as of checklists.
 *
 * @param {string} address such as "#/administration/people/1"
 * @param {string | null} section
 * @returns {string[]}
 */
export function permissionsFor(address, section) {
  const [, of, part = ""] = address.split("?")[0].split("/");
  const own = of === "administration" ? PARTS.filter(({ name, alike }) => name === part || alike?.includes(part)) : [];
  const held = [...SECTIONS.filter(({ name }) => name === section), ...own].map(({ permission }) => permission);
  return held.filter((permission) => permission !== null);
}

/**
 * The sections, in the order of the navigation: address, sign, and the permission without which a
 * section is not shown.
 *
 * @type {{name: string, address: string, icon: string, permission: string | null}[]}
 */
export const SECTIONS = [
  { name: "overview", address: "#/", icon: "overview", permission: "read_records" },
  { name: "receipts", address: "#/receipts", icon: "receive", permission: null },
  { name: "actions", address: "#/actions", icon: "fix", permission: "read_records" },
  { name: "sampling", address: "#/sampling", icon: "sampling", permission: "read_master_data" },
  { name: "switching", address: "#/switching", icon: "switching", permission: "read_master_data" },
  { name: "administration", address: "#/administration", icon: "settings", permission: "review_sync" },
];
