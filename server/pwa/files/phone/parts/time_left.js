/** A deadline as people say it. */

export { TimeLeft, timeLeftText } from "../../shared/time_left.js";
