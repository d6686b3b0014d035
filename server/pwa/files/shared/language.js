/** Chinese and English: texts by key, the words of the records, dates and numbers. */

import { rendered } from "../wording/messages.js";
import { chosenLanguage, keepLanguage } from "./device.js";

const LOCALES = { "zh-CN": "zh-CN", en: "en-GB" };
let current = "zh-CN";
/** @type {Record<string, string>} */
let catalogue = {};
/** @type {string | null} */
let loadedPage = null;
/** @type {string[]} */
let loadedParts = [];

export const language = () => current;

/** The language chosen before; else the browser's, where anything but Chinese is read as English. */
export function firstLanguage() {
  const chosen = chosenLanguage();
  if (chosen !== null && chosen in LOCALES) return chosen;
  return (navigator.language || "zh-CN").toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

/**
 * Load the texts of *wanted*: those of a page, which the server has joined into one file, and single
 * catalogues. Without either, those of before.
 *
 * @param {string} wanted
 * @param {{page?: string | null, parts?: string[]}} [of]
 */
export async function useLanguage(wanted, { page = loadedPage, parts = loadedParts } = {}) {
  const whole = page === null ? [] : [textsAt(`../texts/${page}.${wanted}.json`)];
  const texts = await Promise.all([...whole, ...parts.map((part) => catalogueOf(part, wanted))]);
  catalogue = Object.assign({}, ...texts);
  [loadedPage, loadedParts] = [page, parts];
  current = wanted;
  keepLanguage(wanted);
  document.documentElement.lang = wanted;
}

/** Load further texts, for a screen that few open. @param {string[]} parts */
export async function addTexts(parts) {
  const added = parts.filter((part) => !loadedParts.includes(part));
  const texts = await Promise.all(added.map((part) => catalogueOf(part, current)));
  catalogue = Object.assign({}, catalogue, ...texts);
  loadedParts = [...loadedParts, ...added.filter((part) => !loadedParts.includes(part))];
}

const catalogueOf = (part, wanted) => textsAt(`../catalogues/${part}/${wanted}.json`);

async function textsAt(place) {
  const answer = await fetch(new URL(place, import.meta.url));
  if (!answer.ok) throw new Error(`${place}: ${answer.status}`);
  return answer.json();
}

/** The text of *key*; places such as {n} are filled from *values*. */
export function text(key, values = {}) {
  return (catalogue[key] ?? key).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/**
 * A text that a rule names: a key, and what fills its places, which may be such a text itself.
 *
 * @param {import("../wording/messages.js").Message} message
 */
export const told = (message) => rendered(catalogue, message);

/** A word of the records, such as a decision or a unit. One that is not known is shown as it is. */
export function word(group, value) {
  return catalogue[`${group}.${value}`] ?? String(value ?? "—");
}

/** *key*.one or *key*.other, as the language counts. */
export function counted(key, n, values = {}) {
  const form = new Intl.PluralRules(LOCALES[current]).select(n) === "one" ? "one" : "other";
  return text(`${key}.${form}`, { ...values, n: number(n) });
}

/** A text that the server gave in both languages. */
export const either = (both) => (current === "en" ? both.en : both.zh);

/** Several findings as one sentence each, set apart as the language does. */
export const listed = (texts) => texts.join(current === "en" ? " " : "；");

export function number(value) {
  return new Intl.NumberFormat(LOCALES[current], { maximumFractionDigits: 3 }).format(value);
}

/** A day such as 2026-03-02. It is the same day everywhere, so no time zone moves it. */
export function day(value) {
  if (!value) return "—";
  const format = new Intl.DateTimeFormat(LOCALES[current], { dateStyle: "medium", timeZone: "UTC" });
  return format.format(new Date(`${value}T00:00:00Z`));
}

/** A time, by the reader's clock. */
export function moment(value) {
  if (!value) return "—";
  const format = new Intl.DateTimeFormat(LOCALES[current], {
    dateStyle: "medium",
    timeStyle: "short",
  });
  return format.format(new Date(value));
}
