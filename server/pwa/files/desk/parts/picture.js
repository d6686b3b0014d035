/** A photo of the server, fetched with the reader's token; shown when it has come. */

import { html, useEffect, useRef, useState } from "../../shared/view.js";
import { getBlob } from "../api.js";

// A fetch names no formats by itself. WebP is a fifth smaller; every browser that knows an import
// map knows it.
const ACCEPT = "image/webp,image/*;q=0.8";

/**
 * @param {object} properties
 * @param {string} properties.id of the attachment
 * @param {"thumbnail" | "preview" | "content"} [properties.size]
 * @param {string} properties.alt
 * @param {string} [properties.class]
 * @param {string} [properties.missing] said when it is not there yet
 */
export function Picture({ id, size = "thumbnail", alt, class: className, missing }) {
  const [address, setAddress] = useState(/** @type {string | null} */ (null));
  const [isMissing, setMissing] = useState(false);
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const asking = new AbortController();
    let made = "";
    const bring = async () => {
      try {
        const blob = await getBlob(`attachments/${id}/${size}`, { signal: asking.signal, accept: ACCEPT });
        made = URL.createObjectURL(blob);
        setAddress(made);
      } catch {
        if (!asking.signal.aborted) setMissing(true);
      }
    };
    // A long list fetches only what is looked at.
    const watcher = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      watcher.disconnect();
      void bring();
    }, { rootMargin: "300px" });
    if (place.current) watcher.observe(place.current);
    return () => {
      watcher.disconnect();
      asking.abort();
      setAddress(null);
      setMissing(false);
      if (made) URL.revokeObjectURL(made);
    };
  }, [id, size]);
  // The picture has been read: the bytes behind the address may go.
  const giveBack = () => address && URL.revokeObjectURL(address);
  return html`
    <span class=${className ? `picture ${className}` : "picture"} ref=${place}>
      ${address ? html`<img src=${address} alt=${alt} onLoad=${giveBack} />` : html`<span class="picture-place muted small">${isMissing ? missing : ""}</span>`}
    </span>
  `;
}
