/**
 * A model as bytes, so that a hub that starts again weighs as it did before: what was learned, without the comparisons, which
 * the schema gives.
 *
 * @module
 */

import { fromUtf8, TributaryError, utf8 } from "@tributary/proto";
import { comparisonsOf } from "./comparisons.ts";
import type { ComparisonWeights, Model, Pairing } from "./model.ts";
import type { EntitySchema } from "./record.ts";

/** The two parts of a saved model. */
export interface SavedModel {
  /** JSON. */
  readonly weights: Uint8Array;
  /** What blocking keys are worth: uint32, big-endian. */
  readonly keys: Uint8Array;
}

interface Weights {
  readonly weights: readonly (Omit<ComparisonWeights, "terms"> & {
    readonly terms: readonly (readonly [string, number])[];
  })[];
  readonly lambda: number;
  readonly priorBits: number;
  readonly total: number;
  readonly pairing: Pairing;
}

export function saveModel({ weights, lambda, priorBits, keys, pairing }: Model): SavedModel {
  const learned: Weights = {
    weights: weights.map((of) => ({ ...of, terms: [...of.terms] })),
    lambda,
    priorBits,
    total: keys.total,
    pairing,
  };
  const view = new DataView(new ArrayBuffer(4 * keys.counts.length));
  for (const [i, count] of keys.counts.entries()) view.setUint32(4 * i, count);
  return { weights: utf8(JSON.stringify(learned)), keys: new Uint8Array(view.buffer) };
}

/** The model again; it weighs as the one that was saved, to the last bit. @throws {TributaryError} `ERR_STORE_DAMAGED`. */
export function loadModel(schema: EntitySchema, saved: SavedModel): Model {
  try {
    const learned = JSON.parse(fromUtf8(saved.weights)) as Weights;
    const view = new DataView(saved.keys.buffer, saved.keys.byteOffset, saved.keys.byteLength);
    const counts = Uint32Array.from({ length: saved.keys.byteLength / 4 }, (_, i) =>
      view.getUint32(4 * i),
    );
    return {
      comparisons: comparisonsOf(schema),
      weights: learned.weights.map((of) => ({ ...of, terms: new Map(of.terms) })),
      lambda: learned.lambda,
      priorBits: learned.priorBits,
      keys: { total: learned.total, counts },
      pairing: learned.pairing,
    };
  } catch (cause) {
    throw new TributaryError("ERR_STORE_DAMAGED", "the model of entities cannot be read", {
      cause,
    });
  }
}
