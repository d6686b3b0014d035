/** The sign-in form. */

import { signIn } from "./api.js";
import { el, fill } from "./dom.js";
import { text } from "../shared/language.js";
import { errorNotice } from "./notice.js";

/** The form; *done* receives the account. *problem* says why an earlier sign-in ended. */
export function signInForm(done, problem = null) {
  const errors = el("div", {}, problem && errorNotice(problem));
  const username = field("username", "text", "username");
  const password = field("password", "password", "current-password");
  const button = el("button", { class: "button", type: "submit" }, text("sign_in.submit"));

  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    fill(errors);
    try {
      done(await signIn(username.input.value.trim(), password.input.value));
    } catch (error) {
      fill(errors, errorNotice(error));
      password.input.select();
      password.input.focus();
    } finally {
      button.disabled = false;
    }
  };

  return el(
    "section",
    { class: "sign-in" },
    el("h1", {}, text("sign_in.title")),
    el("p", { class: "muted" }, text("sign_in.lead")),
    errors,
    el("form", { class: "card form", submit }, username.label, password.label, button),
    el("p", { class: "muted small" }, text("sign_in.hint")),
  );
}

function field(name, type, autocomplete) {
  const input = el("input", {
    id: `sign-in-${name}`,
    name,
    type,
    autocomplete,
    required: true,
    autocapitalize: "none",
    spellcheck: "false",
    maxlength: name === "username" ? 64 : 200,
  });
  const title = el("span", {}, text(`sign_in.${name}`));
  return { input, label: el("label", { for: input.id }, title, input) };
}
