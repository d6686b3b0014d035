/** The answer: photos of the result, what was done, a name and a signature. Each photo is sent as
 * soon as it is chosen; the same answer may be sent again until the server has said it has it. */

import { counted, text } from "../shared/language.js";
import { Refusal, sendPhoto, sendSignature, submit } from "./api.js";
import { make, newElementId, newId } from "./elements.js";
import { openLarge } from "./pictures.js";
import { signatureField } from "./signature.js";

/** What was entered, kept over a change of language. */
export function newDraft() {
  return { name: "", correction: "", cause: "", prevention: "", photos: [], pending: null };
}

/**
 * @param {any} notice
 * @param {ReturnType<typeof newDraft>} draft
 * @param {(notice: any) => void} onSubmitted
 */
export function answerForm(notice, draft, onSubmitted) {
  const problems = make("div.problems", { role: "alert" });
  const signature = signatureField();
  const photos = photoField(notice, draft);
  const send = make("button.button.send", { type: "submit" }, text("answer.submit"));
  const form = make(
    "form.card.form",
    { novalidate: true },
    make("h2", {}, text("answer.title")),
    photos.element,
    ...notice.wanted.map((name) => area(name, draft)),
    field("name", draft),
    make("div.group", { role: "group", "aria-label": text("answer.signature") }, make("p.label", {}, text("answer.signature")), signature.element),
    problems,
    send,
    make("p.muted.small", {}, text("answer.told")),
  );

  // What was changed is another answer.
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, () => {
      draft.pending = null;
      problems.replaceChildren();
    });
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const missing = missingOf(notice, draft, photos, signature);
    problems.replaceChildren(...missing.map((line) => make("p", {}, line)));
    if (missing.length > 0) return;
    send.disabled = true;
    send.textContent = text("answer.sending");
    try {
      onSubmitted(await sendAnswer(draft, signature));
    } catch (reason) {
      problems.replaceChildren(...told(reason).map((line) => make("p", {}, line)));
      send.disabled = false;
      send.textContent = text("answer.submit");
    }
  });
  return form;
}

async function sendAnswer(draft, signature) {
  draft.pending ??= await newAnswer(draft, signature);
  try {
    return await submit(draft.pending);
  } catch (reason) {
    // It is known not to be on record. After no answer at all, the very same is sent again.
    if (reason instanceof Refusal) draft.pending = null;
    throw reason;
  }
}

async function newAnswer(draft, signature) {
  const signatureId = newId();
  await sendSignature(signatureId, await signature.picture());
  const { name, correction, cause, prevention } = draft;
  const attachmentIds = draft.photos.map((photo) => photo.id);
  return { id: newId(), name, correction, cause, prevention, attachment_ids: attachmentIds, signature_id: signatureId };
}

function missingOf(notice, draft, photos, signature) {
  const missing = [];
  if (draft.photos.length === 0) missing.push(text("answer.need_photo"));
  else if (!photos.areSent()) missing.push(text("answer.photos_under_way"));
  for (const name of notice.wanted) if (!draft[name].trim()) missing.push(text(`answer.need_${name}`));
  if (!draft.name.trim()) missing.push(text("answer.need_name"));
  if (!signature.isSigned()) missing.push(text("answer.need_signature"));
  return missing;
}

export function told(reason) {
  if (!(reason instanceof Refusal)) return [text("answer.unreachable")];
  return reason.errors.length > 0 ? reason.errors.map((error) => error.detail) : [reason.message || reason.title];
}

// -- fields ----------------------------------------------------------------------------------------

function area(name, draft) {
  const id = newElementId();
  const input = make("textarea", { id, rows: 3, maxlength: 2000, onInput: (event) => (draft[name] = event.target.value) });
  input.value = draft[name];
  return make("div.group", {}, make("label.label", { for: id }, text(`answer.${name}`)), input);
}

function field(name, draft) {
  const id = newElementId();
  const input = make("input", { id, autocomplete: "name", maxlength: 60, onInput: (event) => (draft[name] = event.target.value) });
  input.value = draft[name];
  return make("div.group", {}, make("label.label", { for: id }, text(`answer.${name}`)), input);
}

function photoField(notice, draft) {
  const id = newElementId();
  const row = make("div.pictures");
  const count = make("p.muted.small", { role: "status" });
  const input = make("input.choose", { id, type: "file", accept: "image/*", multiple: true });
  const show = () => {
    row.replaceChildren(...draft.photos.map((photo) => chosen(photo, draft, show)));
    count.textContent = draft.photos.length > 0 ? counted("answer.photos_sent", draft.photos.filter((photo) => photo.state === "sent").length) : "";
  };
  input.addEventListener("change", () => {
    const room = notice.photos_at_once - draft.photos.length;
    for (const file of [...input.files].slice(0, room)) {
      const photo = { id: newId(), file, address: URL.createObjectURL(file), state: "waiting", reason: "" };
      draft.photos.push(photo);
      sendChosen(photo, show);
    }
    input.value = "";
    show();
  });
  show();
  const element = make(
    "div.group",
    {},
    make("p.label", {}, text("answer.result_photos")),
    row,
    make("label.button.quiet.wide.add", { for: id }, text("answer.add_photo")),
    input,
    count,
  );
  return { element, areSent: () => draft.photos.every((photo) => photo.state === "sent") };
}

async function sendChosen(photo, show) {
  photo.state = "waiting";
  show();
  try {
    await sendPhoto(photo.id, photo.file);
    photo.state = "sent";
  } catch (reason) {
    photo.state = "failed";
    photo.reason = told(reason).join(" ");
  }
  show();
}

function chosen(photo, draft, show) {
  const remove = () => {
    URL.revokeObjectURL(photo.address);
    draft.photos.splice(draft.photos.indexOf(photo), 1);
    show();
  };
  const label = text("answer.result_photos");
  return make(
    "div.chosen",
    { "data-state": photo.state },
    make("button.picture", { type: "button", "aria-label": label, onClick: () => openLarge(photo.address, label) }, make("img", { src: photo.address, alt: "" })),
    make("span.small", {}, photo.reason || text(`answer.photo_${photo.state}`)),
    photo.state === "failed" && make("button.link", { type: "button", onClick: () => sendChosen(photo, show) }, text("answer.retry")),
    photo.state !== "waiting" && make("button.link", { type: "button", onClick: remove }, text("answer.remove")),
  );
}
