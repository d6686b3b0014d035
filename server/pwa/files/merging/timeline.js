// A value as it went through the versions since the edit's base, and which of them this device
// wrote. The same rules as sync/timeline.py.

import { alike, fieldOf } from "./values.js";

export class Timeline {
  /**
   * @param {any[]} values from the base to the current one
   * @param {boolean[]} own whether this device wrote the version; own[0] means nothing
   */
  constructor(values, own) {
    this.values = values;
    this.own = own;
  }

  get base() {
    return this.values[0];
  }

  get current() {
    return this.values[this.values.length - 1];
  }

  /** The timeline of a part of the value. @param {(value: any) => any} part */
  of(part) {
    return new Timeline(this.values.map(part), this.own);
  }

  /** @param {string} name */
  field(name) {
    return this.of((value) => fieldOf(value, name));
  }

  /** Whether version *at* changed the value. @param {number} at */
  #changedAt(at) {
    return !alike(this.values[at], this.values[at - 1]);
  }

  /** Where somebody else last changed the value; 0 if nobody did. */
  lastForeignChange() {
    for (let at = this.values.length - 1; at > 0; at -= 1) {
      if (!this.own[at] && this.#changedAt(at)) return at;
    }
    return 0;
  }

  /** What this device last knew the value to be before somebody else changed it. */
  seenByDevice() {
    let seen = this.base;
    for (let at = 1; at < this.lastForeignChange(); at += 1) {
      if (this.own[at] && this.#changedAt(at)) seen = this.values[at];
    }
    return seen;
  }

  /** The [before, after] of the versions this device wrote. @returns {[any, any][]} */
  ownSteps() {
    return this.values.flatMap((value, at) =>
      at > 0 && this.own[at] ? [/** @type {[any, any]} */ ([this.values[at - 1], value])] : [],
    );
  }

  /** The last of the versions the device wrote right upon its base. */
  tipOfOwnRun() {
    let tip = 0;
    while (tip + 1 < this.values.length && this.own[tip + 1]) tip += 1;
    return tip;
  }

  /** Whether *mine* is certainly what the device knew already. @param {any} mine */
  isUntouchedByDevice(mine) {
    const tip = this.tipOfOwnRun();
    const ownLater = this.values.some((_, at) => at > tip && this.own[at] && this.#changedAt(at));
    return !ownLater && alike(mine, this.values[tip]);
  }
}
