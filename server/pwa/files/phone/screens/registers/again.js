/** An entry that the server did not take, put right under its own id. */

export { EntryAgain as default } from "./new.js";
