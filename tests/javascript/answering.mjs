// Runs the phone app's modules on cases that come as one JSON list on the standard input, and
// answers with one JSON list: a result each, or what was thrown.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const FILES = pathToFileURL(`${process.argv[2]}/`);

/** A module of the phone app, by its path below the served folder. */
export const load = (path) => import(new URL(path, FILES));

export function answer(operations) {
  const cases = JSON.parse(readFileSync(0, "utf8"));
  const results = cases.map(({ op, ...given }) => {
    try {
      return { result: operations[op](given) };
    } catch (error) {
      if (!error.code) throw error; // not the modules' word, but a mistake in them
      const { code, argument, value, allowed } = error;
      return { thrown: { code, argument, value, allowed } };
    }
  });
  process.stdout.write(JSON.stringify(results));
}

/** JSON with sorted keys, as Python writes it. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}
