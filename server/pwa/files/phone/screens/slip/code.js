/** The code on a slip. */

export { Code, codePath } from "../../../shared/code.js";
