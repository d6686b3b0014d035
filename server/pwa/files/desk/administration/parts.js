/**
 * The parts of the administration: name (its address and its texts), group, who may open it, and
 * other addresses that belong to it.
 *
 * @type {{name: string, group: string, permission: string, alike?: string[]}[]}
 */
export const PARTS = [
  { name: "people", group: "people", permission: "manage_users" },
  { name: "devices", group: "people", permission: "manage_devices" },
  { name: "suppliers", group: "goods", permission: "write_master_data" },
  { name: "products", group: "goods", permission: "write_master_data" },
  { name: "checklists", group: "goods", permission: "write_master_data", alike: ["checklist-drafts", "checklist-import"] },
  { name: "import", group: "exchange", permission: "write_master_data" },
  { name: "lists", group: "exchange", permission: "read_records" },
  { name: "tokens", group: "exchange", permission: "manage_api_tokens" },
  { name: "quarantine", group: "sync", permission: "review_sync" },
  { name: "conflicts", group: "sync", permission: "review_sync" },
  { name: "jobs", group: "service", permission: "read_jobs" },
  { name: "audit", group: "service", permission: "read_audit_log" },
];
