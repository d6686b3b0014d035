import { readFileSync } from "node:fs";

import { answer, load } from "./answering.mjs";

const FILES = process.argv[2];
const { rendered } = await load("wording/messages.js");
const { judge } = await load("receiving/verdict.js");
const decisions = await load("receiving/decision.js");
const dates = await load("receiving/dates.js");
const quantities = await load("receiving/quantities.js");
const temperatures = await load("receiving/temperatures.js");
const { licenceState, REQUIREMENTS } = await load("receiving/licences.js");
const { gateStates } = await load("receiving/gates.js");
const { collectBasis, checklistInForce } = await load("receiving/basis.js");
const { SamplingTables } = await load("sampling/tables.js");
const { planLot } = await load("sampling/lot.js");
const { evaluate } = await load("checklists/evaluation.js");

const catalogue = (language) =>
  JSON.parse(readFileSync(`${FILES}/catalogues/rules/${language}.json`, "utf8"));
const [chinese, english] = [catalogue("zh-CN"), catalogue("en")];
const tables = process.argv[3] && new SamplingTables(JSON.parse(readFileSync(process.argv[3], "utf8")));

/** Every message in it as people read it, in both languages. */
function worded(value) {
  if (Array.isArray(value)) return value.map(worded);
  if (value === null || typeof value !== "object") return value;
  if (!("key" in value && "params" in value)) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, worded(one)]));
  }
  const { key, params, ...rest } = value;
  const unknown = [key, ...Object.values(params).map((one) => one?.key ?? key)];
  for (const name of unknown) if (!(name in chinese)) throw new Error(`no text ${name}`);
  return { ...rest, zh: rendered(chinese, value), en: rendered(english, value) };
}

function judged({ receipt, basis, checklists, as_signed: asSigned }) {
  const { evaluations, ...verdict } = judge(receipt, basis, checklists, { asSigned });
  return worded(verdict);
}

function holdings({ suppliers, products, checklists, states }) {
  const byId = (records) => new Map(Object.entries(records));
  return { suppliers: byId(suppliers), products: byId(products), checklists, states, tables };
}

function pressed({ bounds: [smallest, largest], entered, keys }) {
  const limits = {
    smallest: smallest === null ? null : BigInt(smallest) * 1_000_000n,
    largest: largest === null ? null : BigInt(largest) * 1_000_000n,
  };
  let keypad = temperatures.openKeypad(limits, entered);
  const said = [];
  for (const key of keys) {
    if (key === "yes") keypad = temperatures.negated(keypad);
    else if (key === "ok") {
      const confirmed = temperatures.confirm(keypad, limits);
      keypad = confirmed.keypad;
      said.push(confirmed.question ? confirmed.question.key : confirmed.value);
    } else keypad = temperatures.press(keypad, key);
  }
  return { said, shown: temperatures.shown(keypad), value: temperatures.valueOf(keypad) };
}

answer({
  judge: judged,
  finish: ({ receipt, basis, checklists, actor, stored }) => {
    const verdict = judge(receipt, basis, checklists);
    return worded({
      missing: decisions.missingToFinish(receipt, verdict),
      refused: decisions.whyRefused(receipt, verdict, actor, stored),
    });
  },
  fitting: ({ lines }) => decisions.fittingDecisions(lines),
  decision_errors: ({ decision, lines }) => worded(decisions.decisionErrors(decision, lines)),
  plan_lot: ({ scheme, lot_size, severities }) => planLot(tables, scheme, lot_size, severities),
  basis: ({ receipt, held, earlier }) => worded(collectBasis(receipt, holdings(held), earlier)),
  in_force: ({ checklists, code, on }) => checklistInForce(checklists, code, on)?.id ?? null,
  licences: ({ supplier, on, categories }) => worded(licenceState(supplier, on, categories)),
  requirements: () => REQUIREMENTS,
  gates: ({ gates, parts }) =>
    gateStates(gates, parts.map(({ template, answers, facts, part }) => evaluate(template, answers, facts, part))),
  parse_day: ({ text }) => dates.parseDay(text),
  expiry: ({ line }) => dates.expiryOf(line),
  life: ({ produced, expires, delivered }) => dates.lifeOf(produced, expires, delivered),
  last_delivery: ({ produced, expires, ratio }) =>
    dates.lastAcceptableDelivery(produced, expires, ratio),
  shelf_life: ({ text, produced }) => {
    const life = dates.parseShelfLife(text);
    return life && dates.lifeInDays(life, produced);
  },
  quantity: ({ text, unit, spellings }) => {
    const { value, error } = quantities.parseQuantity(text, unit, spellings);
    return value ?? error.key;
  },
  with_part: ({ line, part, quantity, rest }) => quantities.withPart(line, part, quantity, rest),
  with_delivered: ({ line, quantity }) => quantities.withDelivered(line, quantity),
  adds_up: ({ line }) => quantities.addsUp(line),
  keypad: pressed,
  typed: ({ text }) => temperatures.typedTemperature(text),
});
