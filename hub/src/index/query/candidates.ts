/**
 * Documents of a segment that may match a question, with the weight of the terms that they have.
 *
 * @module
 */

import { Uint32List } from "../segment/bytes.ts";

/** Ascending. */
export interface Candidates {
  readonly docs: Uint32Array;
  readonly masses: readonly number[];
}

/** Candidates while they are found. */
export class CandidateList {
  readonly #docs = new Uint32List();
  readonly #masses: number[] = [];

  /** @param doc Behind those before. */
  push(doc: number, mass: number): void {
    this.#docs.push(doc);
    this.#masses.push(mass);
  }

  written(): Candidates {
    return { docs: this.#docs.written(), masses: this.#masses };
  }
}
