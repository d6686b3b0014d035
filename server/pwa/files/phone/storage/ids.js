/** Ids and times as the phone makes them. */

export { newId, now, today } from "../../shared/ids.js";
