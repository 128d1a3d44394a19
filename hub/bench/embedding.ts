/**
 * How fast does a model of the operator's embed, and what memory does it take? One thread, one text after the other, as
 * the semantic thread works without rests; questions of 16 characters, and documents of 128, 256 and more tokens than
 * the model takes.
 *
 * Options: --model DIR, a folder as in hub/README.md; without it, a BERT of 4 layers of 512 with 21,000 characters
 * (the shape of a small Chinese model) and of 12 layers of 768 (base), both with random weights.
 */

import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { median, report } from "../../.tools/bench-report.ts";
import { openOnnxDirEmbedding } from "../src/adapters/onnx-dir-embedding.ts";
import { writeBertModel } from "./support/bert-model.ts";
import { documentMaker } from "./support/search-corpus.ts";

const { values: options } = parseArgs({ options: { model: { type: "string" } } });
const RUNS = 5;
const LENGTHS = { question: 16, tokens_128: 126, tokens_256: 254, tokens_512: 1000 };
const SHAPES = {
  small: { layers: 4, width: 512, heads: 8, characters: 20_900, maxTokens: 512 },
  base: { layers: 12, width: 768, heads: 12, characters: 20_900, maxTokens: 512 },
};
const NEVER = new AbortController().signal;

if (options.model !== undefined) report("embedding", await measure(options.model));
else report("embedding", await measureShapes());

/** Each in a process of its own, since memory that was needed to make a model is not what it takes. */
async function measureShapes(): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), "tributary-bench-"));
  try {
    return Object.fromEntries(
      Object.entries(SHAPES).map(([name, shape]) => {
        const model = join(folder, name);
        writeBertModel(model, shape);
        const args = [...process.execArgv, import.meta.filename, "--model", model];
        const { stdout, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
        if (status !== 0) throw new Error(`measuring ${name} ended with ${status}`);
        return [name, JSON.parse(stdout.trimEnd().split("\n").at(-1) as string)];
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Times are ms of the processor, so that who else runs counts little. */
async function measure(folder: string): Promise<Record<string, number>> {
  const make = documentMaker(1);
  const figures: Record<string, number> = {};
  const memoryBefore = process.memoryUsage.rss();
  const openedMs = processorMs();
  await using provider = await openOnnxDirEmbedding(folder);
  figures["open_ms"] = Math.round(processorMs() - openedMs);
  for (const [length, characters] of Object.entries(LENGTHS)) {
    const times: number[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const text = textOf(make, characters, run * 10);
      const startedMs = processorMs();
      await provider.embed([text], "document", NEVER);
      if (run > 0) times.push(processorMs() - startedMs);
    }
    figures[`${length}_ms`] = Number(median(times).toFixed(1));
  }
  figures["memory_mb"] = Math.round((process.memoryUsage.rss() - memoryBefore) / 2 ** 20);
  return figures;
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Chinese characters of synthetic documents. */
function textOf(make: ReturnType<typeof documentMaker>, characters: number, from: number): string {
  let text = "";
  for (let n = from; text.length < characters; n++) {
    text += make(n).text.body.replace(/\P{Script=Han}/gu, "");
  }
  return text.slice(0, characters);
}
