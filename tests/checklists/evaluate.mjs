// Runs the phone app's evaluator on cases that come as one JSON list on the standard input, and
// answers with one JSON list. What throws is answered by its name.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = pathToFileURL(`${process.argv[2]}/`);
const { evaluate } = await import(new URL("evaluation.js", folder));
const { grade } = await import(new URL("grading.js", folder));
const { Surroundings } = await import(new URL("conditions.js", folder));
const { parseMeasurement, plainText } = await import(new URL("measurement.js", folder));

const RUN = {
  evaluate({ template, answers, facts, part }) {
    return evaluate(template, answers, facts, part ?? "items");
  },
  grade({ template, answers, facts, repeated }) {
    return grade(template, evaluate(template, answers, facts), new Set(repeated));
  },
  holds({ items, condition, answers, facts }) {
    const grouped = new Map();
    for (const answer of answers) {
      grouped.set(answer.item_id, [...(grouped.get(answer.item_id) ?? []), answer]);
    }
    return new Surroundings({}, items, grouped, facts).holds(condition);
  },
  measure({ text, unit }) {
    const number = parseMeasurement(text, unit);
    return number === null ? null : plainText(number);
  },
};

const cases = JSON.parse(readFileSync(0, "utf8"));
const results = cases.map((one) => {
  try {
    return { result: RUN[one.op](one) };
  } catch (error) {
    return { thrown: error.constructor.name, message: error.message };
  }
});
process.stdout.write(JSON.stringify(results));
