/**
 * A folder with an embedding model small enough to be made in a test: one table of vectors, a row a token.
 *
 * The rows of the characters of a topic's words point the same way, and all rows a little into one direction, as the
 * vectors of real models do.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { TOPICS } from "./learn-meaning.ts";
import { type OnnxGraph, writeOnnx } from "./onnx-writer.ts";
import { temporaryPath } from "./temporary-folder.ts";

const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/** A direction a topic, one that all share, and one for what sets a token apart. */
const DIMENSIONS = Object.keys(TOPICS).length + 2;

/** What all texts of the model share. */
const SHARED = 0.8;

/** The tokens of the model in the order of their numbers. */
export function tinyVocabulary(): string[] {
  return [...new Set([...SPECIAL, ...Object.values(TOPICS).flat().join("")])];
}

/** The graph of the model; what it gives out is a row of the table a token. */
export function tinyGraph(): OnnxGraph {
  const vocabulary = tinyVocabulary();
  const topics = Object.values(TOPICS).map((words) => words.join(""));
  const rows = vocabulary.map((token, id) => {
    const isSpecial = id < SPECIAL.length;
    const parts = topics.map((characters) => (!isSpecial && characters.includes(token) ? 1 : 0));
    return [...parts, SHARED, isSpecial ? 0 : Math.sin(id) / 10];
  });
  const dims = ["batch", "length"];
  return {
    inputs: [
      { name: "input_ids", type: "int64", dims },
      { name: "attention_mask", type: "int64", dims },
    ],
    outputs: [{ name: "last_hidden_state", type: "float32", dims: [...dims, DIMENSIONS] }],
    nodes: [{ op: "Gather", inputs: ["table", "input_ids"], outputs: ["last_hidden_state"] }],
    tensors: {
      table: { dims: [rows.length, DIMENSIONS], data: Float32Array.from(rows.flat()) },
    },
  };
}

/** Writes the model, with other files instead of its own or beside them; undefined leaves one out. */
export function writeTinyModel(
  files: Readonly<Record<string, string | Uint8Array | undefined>> = {},
): string {
  const folder = temporaryPath("model");
  const all = {
    "model.onnx": writeOnnx(tinyGraph()),
    "vocab.txt": `${tinyVocabulary().join("\n")}\n`,
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
