/** The rejection slip: what a driver takes along, by photographing it, by its code, or on paper. */

import { day, number, text, word } from "../../../shared/language.js";
import { isSigned } from "../../../receiving/receipt.js";
import { say } from "../../../shared/messages.js";
import { Thumbnail } from "../../parts/photos/pictures.js";
import { PhotoViewer } from "../../parts/photos/viewer.js";
import { Screen } from "../../parts/screen.js";
import { session } from "../../session/session.js";
import { useEditing } from "../../storage/editing.js";
import { seen } from "../../storage/records.js";
import { html, useLive, useState } from "../../view.js";
import { Code } from "./code.js";
import { DriverSigns } from "./driver_signs.js";
import { codeText, slipOf } from "./slip.js";
import { slipImage } from "./slip_image.js";

/** @param {{id: string}} properties of the goods receipt */
export default function RejectionSlip({ id }) {
  const { document: receipt, edit } = useEditing("goods_receipts", id);
  const known = useLive(() => knownOf(receipt), [receipt]);
  const back = `#/receipts/${id}`;
  if (receipt === null) return html`<${Screen} title=${text("slip.title")} back="#/"><p class="card">${text("slip.no_receipt")}</p><//>`;
  if (!receipt || !known) return html`<${Screen} title=${text("slip.title")} back=${back}><//>`;
  const slip = slipOf(receipt, known);
  const code = codeText(slip, { title: text("slip.code_title"), quantity: quantityText });
  const canSign = !slip.driverSignature && receipt.status !== "signed" && !isSigned({ signatures: receipt.signatures ?? [] });
  const share = () => shareSlip(slip, code);
  return html`
    <${Screen} title=${text("slip.title")} back=${back} footer=${html`
      <button class="button quiet" type="button" onClick=${() => window.print()}>${text("slip.print")}</button>
      <button class="button" type="button" onClick=${share}>${text("slip.share")}</button>
    `}>
      <${Paper} slip=${slip} code=${code} />
      ${canSign && html`<${DriverSigns} receipt=${receipt} edit=${edit} />`}
    <//>
  `;
}

async function knownOf(receipt) {
  if (!receipt) return undefined;
  const { database, user } = session();
  const supplier = await seen(database, "suppliers", receipt.supplier_id);
  const ids = [...new Set((receipt.lines ?? []).map((line) => line.product_id))];
  const products = await Promise.all(ids.map((one) => seen(database, "products", one)));
  return {
    supplier: supplier?.document ?? null,
    products: new Map(products.flatMap((product) => (product ? [[product.id, product.document]] : []))),
    site: user.sites.find((one) => one.site_id === receipt.site_id)?.site_name ?? "",
  };
}

/** @param {import("./slip.js").RejectedLine} line */
const quantityText = ({ rejected, delivered, unit }) =>
  text("slip.quantity", { rejected: number(Number(rejected)), delivered: number(Number(delivered)), unit: word("unit", unit) });

function Paper({ slip, code }) {
  const facts = [
    [text("slip.supplier"), slip.supplier],
    [text("slip.delivered"), day(slip.deliveredOn)],
    [text("slip.note"), slip.deliveryNote],
    [text("slip.vehicle"), [slip.plate, slip.driver].filter(Boolean).join(" · ")],
    [text("slip.reason"), slip.reason],
  ].filter(([, value]) => value);
  return html`
    <article class="card slip">
      <header class="slip-head">
        <div><h2>${text("slip.heading")}</h2><p class="muted small">${slip.site}</p></div>
        <p class="slip-number">${slip.number}${slip.isProvisional && html`<br /><span class="small muted">${text("slip.provisional")}</span>`}</p>
      </header>
      <dl class="slip-facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
      ${slip.lines.length === 0 && html`<p class="muted">${text("slip.nothing_rejected")}</p>`}
      <ul class="slip-lines">
        ${slip.lines.map(
          (line) => html`
            <li>
              <p><strong>${line.name}</strong> ${quantityText(line)}</p>
              <p>${line.reason && html`<span class="slip-why">${line.reason}</span> `}${line.batch && html`<span class="small muted">${text("slip.batch", { batch: line.batch })}</span>`}</p>
            </li>
          `,
        )}
      </ul>
      <${Photos} ids=${slip.photoIds} />
      <footer class="slip-foot">
        <div>
          <p class="small muted">${text("slip.driver_signature")}</p>
          <${Signature} signature=${slip.driverSignature} />
          <p class="small muted">${text("slip.acceptor")}</p>
          <${Signature} signature=${slip.acceptorSignature} />
        </div>
        <figure class="slip-code"><${Code} content=${code} label=${text("slip.code_label", { number: slip.number })} /><figcaption class="small muted">${text("slip.code_what")}</figcaption></figure>
      </footer>
    </article>
  `;
}

function Photos({ ids }) {
  const [shown, setShown] = useState(/** @type {string | null} */ (null));
  if (ids.length === 0) return null;
  const title = text("slip.photos");
  return html`
    <ul class="slip-photos">
      ${ids.map((id, place) => html`<li><button type="button" aria-label=${text("slip.photo", { place: number(place + 1) })} onClick=${() => setShown(id)}><${Thumbnail} id=${id} /></button></li>`)}
    </ul>
    ${shown && html`<${PhotoViewer} ids=${ids} start=${shown} title=${title} close=${() => setShown(null)} />`}
  `;
}

function Signature({ signature }) {
  if (!signature) return html`<p class="slip-line"></p>`;
  return html`<div class="slip-signature"><${Thumbnail} id=${signature.attachment_id} alt=${text("slip.signed_by", { name: signature.name })} /><span class="small">${signature.name}</span></div>`;
}

async function shareSlip(slip, code) {
  const picture = await slipImage(slip, code, quantityText);
  const file = new File([picture], `${slip.number}.png`, { type: "image/png" });
  const shared = { title: text("slip.heading"), files: [file] };
  try {
    if (navigator.canShare?.(shared)) return await navigator.share(shared);
  } catch (error) {
    // Closing the list of apps is an answer, too.
    if (/** @type {any} */ (error)?.name === "AbortError") return undefined;
  }
  download(picture, file.name);
  return say(text("slip.saved"));
}

function download(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
