import { writeFileSync } from "node:fs";
import { ManualClock, type TributaryError } from "@tributary/proto";
import { describe, expect, test, vi } from "vitest";
import { TOPICS, topicText } from "../../test/support/learn-meaning.ts";
import { testAnalyzer } from "../../test/support/open-test-index.ts";
import { temporaryPath } from "../../test/support/temporary-folder.ts";
import { writeTinyModel } from "../../test/support/tiny-embedding-model.ts";
import type { GenerationData } from "../index/generation.ts";
import { buildSegment } from "../index/segment/build.ts";
import type { SemanticData } from "../index/semantic/semantic.ts";
import { aDocument } from "../ports/search-index.contract.ts";
import { openOnnxDirEmbedding } from "./onnx-dir-embedding.ts";
import { WorkerSemantic } from "./worker-semantic.ts";

const NEVER = new AbortController().signal;

function generation(position: number, docs: number): GenerationData {
  const analyzer = testAnalyzer();
  const topics = Object.keys(TOPICS);
  const documents = Array.from({ length: docs }, (_, n) =>
    aDocument({ key: String(n), body: topicText(topics[n % 4] as string, n >> 2) }),
  );
  return {
    position,
    series: "s",
    dictionary: analyzer.dictionary.data,
    segments: [{ id: 1, buffer: buildSegment(documents, analyzer), deletes: undefined }],
  };
}

/** The thread goes last where the cores are busy. */
const BUSY_MS = 120_000;

describe("the thread of meaning", { timeout: BUSY_MS }, () => {
  test("does not start for few documents, and answers for the newest of many states", async () => {
    const folder = temporaryPath("semantic");
    const states: (SemanticData | undefined)[] = [];
    const clock = new ManualClock(0);
    await using semantic = new WorkerSemantic({
      folder,
      clock,
      delayMs: 0,
      duty: 1,
      publish: (data) => states.push(data),
    });
    semantic.follow(generation(1, 49));
    const gone = AbortSignal.abort(new Error("not started"));
    await expect(semantic.waitFor(1, gone)).rejects.toThrow("not started");
    expect(clock.sleeping).toBe(0);
    for (let position = 2; position < 6; position++) semantic.follow(generation(position, 60));
    clock.advance(0);
    await semantic.waitFor(5, NEVER);
    expect(states.at(-1)?.vectors.map(({ id }) => id)).toEqual([1]);
  });

  test("is started again a minute after it has ended, and says why it did", async () => {
    const folder = temporaryPath("semantic");
    writeFileSync(folder, "not a folder");
    const clock = new ManualClock(0);
    const failures: { error: TributaryError; restartInMs: number }[] = [];
    await using semantic = new WorkerSemantic({
      folder,
      clock,
      publish: () => undefined,
      onFailed: (error, restartInMs) => failures.push({ error, restartInMs }),
    });
    semantic.follow(generation(1, 60));
    clock.advance(2_000);
    await vi.waitFor(() => expect(failures).toHaveLength(1), { timeout: BUSY_MS });
    expect(failures[0]).toMatchObject({
      error: { code: "ERR_STORE_FAILED" },
      restartInMs: 60_000,
    });
    semantic.follow(generation(2, 60));
    clock.advance(59_999);
    expect(clock.sleeping).toBe(1);
    clock.advance(1);
    await vi.waitFor(() => expect(failures).toHaveLength(2), { timeout: BUSY_MS });
  });

  test("uses a model of the operator's once all documents have its vectors, and embeds questions with it", async () => {
    const folder = temporaryPath("semantic");
    const providers = async (modelFolder: string | undefined, docs = 60) => {
      const ids: (string | undefined)[] = [];
      const clock = new ManualClock(0);
      await using semantic = new WorkerSemantic({
        folder,
        modelFolder,
        clock,
        delayMs: 0,
        duty: 1,
        publish: (data) => ids.push(data?.providerId.replace(/-.*/u, "")),
      });
      expect(await semantic.embed("轴承", "question", NEVER)).toBeUndefined();
      semantic.follow(generation(1, docs));
      clock.advance(0);
      await semantic.waitFor(1, NEVER);
      const asked = modelFolder && (await semantic.embed("轴承", "question", NEVER));
      return { ids, asked };
    };
    const model = writeTinyModel();
    const other = writeTinyModel({
      "sentence_bert_config.json": JSON.stringify({ max_seq_length: 128 }),
    });
    expect((await providers(undefined)).ids).toEqual(["lsa"]);
    const first = await providers(model);
    expect(first.ids).toEqual(["lsa", "onnx"]);
    await using direct = await openOnnxDirEmbedding(model);
    const [vector] = await direct.embed(["轴承"], "question", NEVER);
    expect(first.asked).toEqual({ providerId: direct.id, vector });
    // Its vectors are there from the beginning now; those of another model are not.
    expect((await providers(model)).ids).toEqual(["onnx"]);
    expect((await providers(other)).ids).toEqual(["lsa", "onnx"]);
    // No model is trained for so few documents.
    expect((await providers(model, 3)).ids).toEqual(["onnx"]);
  });

  test("says what is wrong with a model of the operator's", async () => {
    const clock = new ManualClock(0);
    const failures: TributaryError[] = [];
    await using semantic = new WorkerSemantic({
      folder: temporaryPath("semantic"),
      modelFolder: writeTinyModel({ "model.onnx": "not a model" }),
      clock,
      publish: () => undefined,
      onFailed: (error) => failures.push(error),
    });
    semantic.follow(generation(1, 1));
    clock.advance(2_000);
    await vi.waitFor(() => expect(failures).toHaveLength(1), { timeout: BUSY_MS });
    expect(failures[0]).toMatchObject({
      code: "ERR_MODEL_INVALID",
      message: expect.stringContaining("model.onnx cannot be loaded"),
      messageZh: expect.stringContaining("无法加载"),
    });
    expect(await semantic.embed("轴承", "question", NEVER)).toBeUndefined();
  });
});
