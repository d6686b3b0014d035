/** What counts as waiting: papers, registers and devices, for the figures and for their lists. */

export const PAPERS_WITHIN_DAYS = 60;
const QUIET_MS = 24 * 3_600_000;

/** A phone in use that has not synced for a day, or holds what nobody else has. */
export function isQuiet(device) {
  if (device.revoked_at !== null) return false;
  const synced = device.last_sync_at;
  return (device.unpushed_count ?? 0) > 0 || (synced !== null && Date.now() - Date.parse(synced) > QUIET_MS);
}

/** The registers that still lack something today, with their site. @param {any[]} sites */
export const undone = (sites) => sites.flatMap((site) => site.registers.filter((register) => !register.is_done).map((register) => ({ ...register, site_name: site.site_name, site_id: site.site_id })));
