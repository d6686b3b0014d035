/** The last days before a delivery: what most goods were made on. */

import { text } from "../../../shared/language.js";
import { today } from "../../storage/ids.js";

/**
 * The day of delivery, the one before, and the one before that, as choices.
 *
 * @param {string} deliveredOn
 */
export function latelyBefore(deliveredOn) {
  const daysAgo = (days) => today(new Date(Date.parse(`${deliveredOn}T12:00:00`) - days * 86_400_000));
  return [text("receiving.today"), text("receiving.yesterday"), text("receiving.two_days_ago")].map((label, days) => ({ value: daysAgo(days), label }));
}
