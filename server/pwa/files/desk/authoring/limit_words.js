/** A limit in words: “0 … 8 ℃”, or for each choice its own. */

import { either, listed, text, word } from "../../shared/language.js";

const STORAGE = new Set(["ambient", "chilled", "frozen"]);

/**
 * @param {Record<string, any> | null} limits
 * @param {string | null} [unit]
 * @param {{value: string, zh: string, en: string}[]} [options] of the item whose choice decides
 */
export function limitWords(limits, unit, options = []) {
  if (!limits) return "";
  const each = limits.by_choice?.limits ?? limits.by_storage_class ?? {};
  return listed(
    [
      range(limits, unit),
      ...Object.entries(each).map(([name, own]) => `${nameOf(name, options)} ${range(own, unit)}`),
      limits.product_limits_first ? text("authoring.product_limits_first") : "",
      limits.max_rule ? text("authoring.label_plus_3", { max: range({ max: limits.fallback_max }, unit) }) : "",
      limits.min_remaining_ratio ? text("authoring.remaining", { ratio: limits.min_remaining_ratio }) : "",
      limits.min_hours ? text("authoring.hours_after", { hours: limits.min_hours, item: limits.after_item ?? "—" }) : "",
    ].filter(Boolean),
  );
}

function nameOf(choice, options) {
  const option = options.find(({ value }) => value === choice);
  if (option) return either(option);
  return STORAGE.has(choice) ? word("storage", choice) : choice;
}

/** @param {{min?: string, max?: string}} limits @param {string | null} [unit] */
function range({ min, max }, unit) {
  const words = (value) => `${String(value).replace("-", "−")} ${unit ?? ""}`.trim();
  if (min !== undefined && max !== undefined) return `${words(min)} … ${words(max)}`;
  if (max !== undefined) return `≤ ${words(max)}`;
  return min === undefined ? "" : `≥ ${words(min)}`;
}
