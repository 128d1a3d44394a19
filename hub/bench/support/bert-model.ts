/**
 * A folder with a BERT of a given shape and random weights: it knows nothing, and costs what a real one of that shape
 * costs.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seeded } from "../../src/index/semantic/seeded.ts";
import { type OnnxGraph, type OnnxNode, writeOnnx } from "../../test/support/onnx-writer.ts";

export interface BertShape {
  readonly layers: number;
  /** Length of vectors; a multiple of `heads`. */
  readonly width: number;
  readonly heads: number;
  /** Characters of the vocabulary, from U+4E00 on, beside the special tokens. */
  readonly characters: number;
  readonly maxTokens: number;
}

const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

export function writeBertModel(folder: string, shape: BertShape): void {
  mkdirSync(folder, { recursive: true });
  const tokens = Array.from({ length: shape.characters }, (_, i) =>
    String.fromCodePoint(0x4e00 + i),
  );
  writeFileSync(join(folder, "vocab.txt"), [...SPECIAL, ...tokens].join("\n"));
  writeFileSync(join(folder, "model.onnx"), writeOnnx(bertGraph(shape)));
  const config = { model_type: "bert", max_position_embeddings: shape.maxTokens };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
}

/** The encoder of Devlin et al. 2019, without masks: one text of any length at a time. */
function bertGraph({ layers, width, heads, characters, maxTokens }: BertShape): OnnxGraph {
  const random = seeded(1);
  const nodes: OnnxNode[] = [];
  const tensors: Record<string, { dims: number[]; data: Float32Array | BigInt64Array }> = {};
  const weights = (name: string, ...dims: number[]) => {
    const length = dims.reduce((product, dim) => product * dim, 1);
    tensors[name] = { dims, data: Float32Array.from({ length }, () => (random() - 0.5) / 8) };
    return name;
  };
  const numbers = (name: string, ...values: number[]) => {
    tensors[name] = { dims: [values.length], data: BigInt64Array.from(values, BigInt) };
    return name;
  };
  let made = 0;
  const add = (op: string, inputs: string[], attributes: OnnxNode["attributes"] = {}) => {
    const output = `v${made++}`;
    nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  };
  const linear = (x: string, name: string, from: number, to: number) =>
    add("Add", [add("MatMul", [x, weights(`${name}.w`, from, to)]), weights(`${name}.b`, to)]);
  const norm = (x: string, name: string) =>
    add("LayerNormalization", [x, weights(`${name}.g`, width), weights(`${name}.o`, width)], {
      axis: -1,
    });
  const half = { dims: [1], data: Float32Array.of(0.5) };
  Object.assign(tensors, {
    half,
    one: { dims: [1], data: Float32Array.of(1) },
    root: { dims: [1], data: Float32Array.of(Math.SQRT1_2) },
    scale: { dims: [1], data: Float32Array.of(1 / Math.sqrt(width / heads)) },
  });
  numbers("split", 0, 0, heads, width / heads);
  numbers("join", 0, 0, width);
  numbers("start", 0);
  numbers("axis", 1);
  const length = add("Slice", [add("Shape", ["input_ids"]), "axis", numbers("two", 2)]);
  const positions = add("Slice", [weights("positions", maxTokens, width), "start", length]);
  const words = add("Gather", [weights("words", characters + SPECIAL.length, width), "input_ids"]);
  let x = norm(add("Add", [words, positions]), "norm");
  for (let layer = 0; layer < layers; layer++) {
    const name = `layer${layer}`;
    const part = (of: string, perm: number[]) =>
      add("Transpose", [add("Reshape", [linear(x, `${name}.${of}`, width, width), "split"])], {
        perm,
      });
    const scores = add("Mul", [
      add("MatMul", [part("q", [0, 2, 1, 3]), part("k", [0, 2, 3, 1])]),
      "scale",
    ]);
    const mixed = add("MatMul", [add("Softmax", [scores], { axis: -1 }), part("v", [0, 2, 1, 3])]);
    const joined = add("Reshape", [add("Transpose", [mixed], { perm: [0, 2, 1, 3] }), "join"]);
    x = norm(add("Add", [x, linear(joined, `${name}.a`, width, width)]), `${name}.n1`);
    const wide = linear(x, `${name}.f`, width, 4 * width);
    // The Gaussian error linear unit of Hendrycks and Gimpel, 2016.
    const share = add("Add", [add("Erf", [add("Mul", [wide, "root"])]), "one"]);
    const gelu = add("Mul", [add("Mul", [wide, share]), "half"]);
    x = norm(add("Add", [x, linear(gelu, `${name}.o`, 4 * width, width)]), `${name}.n2`);
  }
  nodes.push({ op: "Identity", inputs: [x], outputs: ["last_hidden_state"] });
  return {
    inputs: [{ name: "input_ids", type: "int64", dims: ["batch", "length"] }],
    outputs: [{ name: "last_hidden_state", type: "float32", dims: ["batch", "length", width] }],
    nodes,
    tensors,
  };
}
