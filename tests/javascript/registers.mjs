import { answer, load } from "./answering.mjs";

const registers = await load("registers/registers.js");
const { standing } = await load("inspecting/inspection.js");

answer({
  words: () => ({ registers: registers.REGISTERS, meals: registers.DEFAULT_MEALS, hours: registers.LEAST_HOURS_KEPT }),
  certificate: ({ certificates, on }) => registers.certificateState(certificates, on),
  judge: ({ entry, template, certificates, on }) => {
    const register = registers.registerOf(template.code);
    const certificate = certificates && registers.certificateState(certificates, on);
    const answers = registers.completed(register, template, entry.id, entry.answers, certificate);
    const { entries, failed } = standing({ ...entry, answers }, template);
    const outcomes = entries.map(({ item, outcome }) => ({ item_id: item.id, outcome: outcome.outcome }));
    const sample = registers.sampleOf(register, template, answers);
    return {
      filled: answers.slice(entry.answers.length).map(({ id, item_id, value }) => ({ id, item_id, value })),
      outcomes: outcomes.map(({ outcome }) => outcome),
      faults: registers.faultsOf(register, entry, answers, failed.length > 0),
      discard_from: sample && sample.discard_from,
      is_cleared: certificate ? registers.isCleared(register, outcomes, certificate) : null,
    };
  },
  missing: ({ code, entries, day }) => registers.missingOf(registers.registerOf(code), entries, day),
});
