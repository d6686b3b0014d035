import { answer, load } from "./answering.mjs";

const { rebase, resolve, changesBetween, valueAt } = await load("merging/merging.js");
const { mergeObject } = await load("merging/rules.js");
const { Timeline } = await load("merging/timeline.js");

answer({
  merge: ({ policy, versions, own, mine }) => {
    const clashes = [];
    const document = mergeObject(policy, "", new Timeline(versions, own), mine, clashes);
    return { document, clashes };
  },
  rebase: ({ policy, versions, own, mine }) =>
    rebase(policy, versions.map((document, at) => ({ document, is_own: own[at] })), mine),
  resolve: ({ policy, versions, mine, choices }) => {
    const rebased = rebase(policy, versions.map((document) => ({ document })), mine);
    const taken = typeof choices === "string"
      ? Object.fromEntries(rebased.clashes.map((clash) => [clash.path, choices]))
      : choices;
    const document = resolve(rebased, mine, taken);
    const together = rebased.clashes.flatMap((clash) => clash.together);
    const values = together.map((path) => [path, valueAt(document, path) ?? null]);
    return { status: rebased.status, document, values: Object.fromEntries(values) };
  },
  changes: ({ policy, before, after }) => changesBetween(policy, before, after),
});
