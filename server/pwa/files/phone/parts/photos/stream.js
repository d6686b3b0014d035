/** The camera's live picture: asked for, shown, and given back as soon as nobody looks. */

import { useCallback, useEffect, useRef, useState } from "../../view.js";

/**
 * @typedef {"refused" | "none" | "busy"} NoStream why there is no live picture
 *
 * @typedef {object} Stream
 * @property {import("preact").RefObject<HTMLVideoElement | null>} video
 * @property {"starting" | "live" | NoStream} state
 * @property {boolean | null} torch whether the light is on; null where there is none
 * @property {() => Promise<void>} switchTorch
 */

const WANTED = { facingMode: { ideal: "environment" }, width: { ideal: 2560 }, height: { ideal: 1920 } };
/** @type {Record<string, NoStream>} */
const REASONS = { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "none", OverconstrainedError: "none" };

/** Browsers give the camera on HTTPS and localhost only. */
export const hasStream = () => navigator.mediaDevices?.getUserMedia !== undefined;

let wasRefused = false;

/** Whether the person has said no since the app was opened: they are not asked with every photo. */
export const isStreamRefused = () => wasRefused;

/** @returns {Stream} */
export function useStream() {
  const video = useRef(/** @type {HTMLVideoElement | null} */ (null));
  const track = useRef(/** @type {MediaStreamTrack | null} */ (null));
  const [state, setState] = useState(/** @type {Stream["state"]} */ ("starting"));
  const [torch, setTorch] = useState(/** @type {boolean | null} */ (null));

  useEffect(() => {
    let isOver = false;
    let round = 0;
    const stop = () => {
      track.current?.stop();
      track.current = null;
    };
    const start = async () => {
      const mine = ++round;
      stop();
      setState("starting");
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
        const [got] = stream.getVideoTracks();
        if (isOver || mine !== round) return got.stop();
        track.current = got;
        // The system takes the camera away, for a call or another app.
        got.addEventListener("ended", () => mine === round && setState("busy"));
        await play(/** @type {HTMLVideoElement} */ (video.current), stream);
        setTorch(/** @type {any} */ (got.getCapabilities?.())?.torch ? false : null);
        setState("live");
      } catch (error) {
        if (isOver || mine !== round) return;
        const reason = REASONS[/** @type {any} */ (error)?.name] ?? "busy";
        wasRefused ||= reason === "refused";
        setState(reason);
      }
    };
    // In the background a phone stops the picture or keeps the camera hot: neither is wanted.
    const onVisibility = () => {
      if (document.visibilityState === "visible") void start();
      else stop();
    };
    void start();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      isOver = true;
      document.removeEventListener("visibilitychange", onVisibility);
      stop();
    };
  }, []);

  const switchTorch = useCallback(async () => {
    const wanted = !torch;
    await track.current?.applyConstraints({ advanced: [/** @type {any} */ ({ torch: wanted })] });
    setTorch(wanted);
  }, [torch]);
  return { video, state, torch, switchTorch };
}

async function play(video, stream) {
  video.srcObject = stream;
  await video.play().catch(() => {});
  if (video.videoWidth > 0) return;
  await new Promise((done) => video.addEventListener("loadeddata", done, { once: true }));
}

/**
 * The picture of this moment.
 *
 * @param {HTMLVideoElement} video
 * @returns {Promise<Blob>}
 */
export function frameOf(video) {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false })).drawImage(video, 0, 0);
  return new Promise((done, failed) => {
    // It is pressed once more when it is kept; what is lost here must not show.
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/jpeg", 0.95);
  });
}
