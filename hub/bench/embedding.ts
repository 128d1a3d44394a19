/**
 * How fast does a model of the operator's embed, and what memory does it take? One thread, one text after the other, as
 * the semantic thread works without rests; questions of 16 characters, and documents of 128, 256 and more tokens than
 * the model takes.
 *
 * Options: --model DIR, a folder as in hub/README.md; without it, a BERT of 4 layers of 512 with 21,000 characters
 * (the shape of a small Chinese model) and of 12 layers of 768 (base), both with random weights.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { median, report } from "../../.tools/bench-report.ts";
import { openOnnxDirEmbedding } from "../src/adapters/onnx-dir-embedding.ts";
import { writeBertModel } from "./support/bert-model.ts";
import { documentMaker } from "./support/search-corpus.ts";

const { values: options } = parseArgs({ options: { model: { type: "string" } } });
const RUNS = 15;
const LENGTHS = { question: 16, tokens_128: 126, tokens_256: 254, tokens_512: 1000 };
const SHAPES = {
  small: { layers: 4, width: 512, heads: 8, characters: 20_900, maxTokens: 512 },
  base: { layers: 12, width: 768, heads: 12, characters: 20_900, maxTokens: 512 },
};
const NEVER = new AbortController().signal;
const make = documentMaker(1);

const figures: Record<string, number> = {};
if (options.model !== undefined) {
  await measure("model", options.model);
} else {
  const folder = await mkdtemp(join(tmpdir(), "tributary-bench-"));
  try {
    for (const [name, shape] of Object.entries(SHAPES)) {
      writeBertModel(join(folder, name), shape);
      await measure(name, join(folder, name));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
report("embedding", figures);

async function measure(name: string, folder: string): Promise<void> {
  const before = process.memoryUsage.rss();
  const openedMs = performance.now();
  await using provider = await openOnnxDirEmbedding(folder);
  figures[`${name}_open_ms`] = Math.round(performance.now() - openedMs);
  for (const [length, characters] of Object.entries(LENGTHS)) {
    const times: number[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const text = textOf(characters, run * 10);
      const startedMs = performance.now();
      await provider.embed([text], "document", NEVER);
      if (run > 0) times.push(performance.now() - startedMs);
    }
    figures[`${name}_${length}_ms`] = Number(median(times).toFixed(1));
  }
  figures[`${name}_memory_mb`] = Math.round((process.memoryUsage.rss() - before) / 2 ** 20);
}

/** Chinese characters of synthetic documents. */
function textOf(characters: number, from: number): string {
  let text = "";
  for (let n = from; text.length < characters; n++) {
    text += make(n).text.body.replace(/\P{Script=Han}/gu, "");
  }
  return text.slice(0, characters);
}
