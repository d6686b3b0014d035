/** Looking closer at a picture. */

export { useZoom } from "../../../shared/zoom.js";
