/** What went wrong, as a card that can be read aloud, with a way to try again. */

import { Refused, Unreachable } from "../api.js";
import { el } from "./dom.js";
import { text } from "../../shared/language.js";

export function errorNotice(error, again) {
  return el(
    "div",
    { class: "card notice", role: "alert" },
    el("strong", {}, title(error)),
    el("p", {}, detail(error)),
    again && el("button", { class: "button quiet", type: "button", click: again }, text("again")),
  );
}

function title(error) {
  if (error instanceof Refused) return error.problem.title || text("error.title");
  return error instanceof Unreachable ? text("error.unreachable") : text("error.title");
}

function detail(error) {
  if (error instanceof Unreachable) return text("error.unreachable_detail");
  if (!(error instanceof Refused)) return String(error);
  const named = (error.problem.errors ?? []).map((entry) => entry.detail);
  return [error.problem.detail, ...named].filter(Boolean).join(" ");
}
