/** The last resort: what is not sent yet as one encrypted file, and taking such a file in. */

import { deviceId } from "../../shared/device.js";
import { moment, number, text } from "../../shared/language.js";
import { entriesOf, entryCount, takeIn, unsentWork } from "../exports/carrying.js";
import { NoExport, open, PASSPHRASE_SHORTEST, readHeader, seal, WrongPassphrase } from "../exports/sealing.js";
import { canSeal } from "../session/accounts.js";
import { session } from "../session/session.js";
import { now } from "../storage/ids.js";
import { syncNow } from "../sync/engine.js";
import { html, useRef, useState } from "../view.js";
import { Icon } from "../../shared/icons.js";
import { say } from "../../shared/messages.js";

/** The file is somebody else's work. */
class OtherPerson extends Error {}

export function ExportCard() {
  if (!canSeal()) return null;
  return html`
    <details class="card export">
      <summary><h2>${text("export.title")}</h2><${Icon} name="chevron" /></summary>
      <p class="muted small">${text("export.what")}</p>
      <${Form} label=${text("export.save")} hint=${text("export.passphrase_new")} run=${save} />
      <h3>${text("export.take_in")}</h3>
      <p class="muted small">${text("export.take_in_what")}</p>
      <${Form} label=${text("export.take_in")} hint=${text("export.passphrase")} hasFile=${true} run=${load} />
    </details>
  `;
}

/**
 * @param {{label: string, hint: string, hasFile?: boolean, run: (passphrase: string, file: File | undefined) => Promise<string>}} properties
 */
function Form({ label, hint, hasFile = false, run }) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const [reason, setReason] = useState("");
  const submit = async (event) => {
    event.preventDefault();
    const fields = /** @type {any} */ (form.current).elements;
    setBusy(true);
    setReason("");
    try {
      say(await run(fields.passphrase.value, fields.file?.files[0]));
      /** @type {HTMLFormElement} */ (form.current).reset();
    } catch (error) {
      setReason(reasonOf(error));
    } finally {
      setBusy(false);
    }
  };
  return html`
    <form class="export-form" ref=${form} onSubmit=${submit}>
      ${hasFile && html`<label><span>${text("export.file")}</span><input name="file" type="file" required /></label>`}
      <label><span>${hint}</span><input name="passphrase" required minlength=${PASSPHRASE_SHORTEST} maxlength="200" autocomplete="off" autocapitalize="none" spellcheck=${false} /></label>
      ${reason && html`<p class="export-reason" role="alert">${reason}</p>`}
      <button class="button quiet" type="submit" disabled=${isBusy}>${isBusy ? text("export.busy") : label}</button>
    </form>
  `;
}

function reasonOf(error) {
  if (error instanceof WrongPassphrase) return text("export.wrong");
  if (error instanceof NoExport) return text("export.no_export");
  if (error instanceof OtherPerson) return text("export.other_person");
  return error?.name === "QuotaExceededError" ? text("export.full") : text("export.failed");
}

async function save(passphrase) {
  const { database, user } = session();
  const work = await unsentWork(database);
  const counts = { n: number(work.mutations.length), photos: number(work.photos.length) };
  if (work.mutations.length + work.photos.length === 0) return text("export.nothing");
  const header = { user_id: user.id, device_id: deviceId(), created_at: now(), entries: entryCount(work) };
  const file = await seal(header, entriesOf(database, work), passphrase);
  await handOut(new File([file], `yanshou-${header.created_at.slice(0, 19).replaceAll(/[:T]/g, "-")}.yse`, { type: file.type }));
  return text("export.saved", counts);
}

async function handOut(file) {
  try {
    if (navigator.canShare?.({ files: [file] })) return await navigator.share({ files: [file] });
  } catch (error) {
    if (/** @type {any} */ (error)?.name === "AbortError") throw error;
  }
  const address = URL.createObjectURL(file);
  Object.assign(document.createElement("a"), { href: address, download: file.name }).click();
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return undefined;
}

async function load(passphrase, file) {
  const { database, user } = session();
  if (!file) throw new NoExport();
  const { header } = await readHeader(file);
  if (header.user_id !== user.id) throw new OtherPerson();
  const taken = await takeIn(database, open(file, passphrase));
  void syncNow();
  return text("export.taken", { n: number(taken.mutations), photos: number(taken.photos), time: moment(header.created_at) });
}
