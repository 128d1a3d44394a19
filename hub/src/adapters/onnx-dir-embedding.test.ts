import { truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { writeOnnx } from "../../test/support/onnx-writer.ts";
import {
  tinyGraph,
  tinyVocabulary,
  writeTinyModel,
} from "../../test/support/tiny-embedding-model.ts";
import { describeEmbeddingProvider } from "../ports/embedding-provider.contract.ts";
import type { TextRole } from "../ports/embedding-provider.ts";
import { MAX_MODEL_BYTES } from "./embedding-model-folder.ts";
import { type OnnxDirEmbedding, openOnnxDirEmbedding } from "./onnx-dir-embedding.ts";

const NEVER = new AbortController().signal;
const opened: OnnxDirEmbedding[] = [];

afterEach(async () => {
  for (const provider of opened.splice(0)) await provider[Symbol.asyncDispose]();
});

async function open(files: Parameters<typeof writeTinyModel>[0] = {}): Promise<OnnxDirEmbedding> {
  const provider = await openOnnxDirEmbedding(writeTinyModel(files));
  opened.push(provider);
  return provider;
}

async function vectorOf(provider: OnnxDirEmbedding, text: string, role: TextRole = "document") {
  const [vector] = await provider.embed([text], role, NEVER);
  return vector as Float32Array;
}

/** The row of a token in the model's table. */
function rowOf(token: string): Float32Array {
  const { dims, data } = tinyGraph().tensors["table"] as { dims: number[]; data: Float32Array };
  const width = dims[1] as number;
  const id = tinyVocabulary().indexOf(token);
  return data.slice(id * width, (id + 1) * width);
}

/** What the model makes of tokens, computed by hand. */
function expected(tokens: readonly string[]): Float32Array {
  const rows = tokens.map(rowOf);
  const sum = (rows[0] as Float32Array).map((_, i) =>
    rows.reduce((total, row) => total + (row[i] as number), 0),
  );
  const length = Math.hypot(...sum);
  return sum.map((value) => value / length);
}

function expectNear(actual: Float32Array, wanted: Float32Array): void {
  expect(actual).toHaveLength(wanted.length);
  for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(wanted[i] as number, 5);
}

describeEmbeddingProvider("a model in a folder", async () => ({
  provider: await open(),
  known: "轴承振动",
  other: "锅炉余热",
}));

describe("the vector of a text", () => {
  test("is the mean of its tokens' with the special ones, of length 1", async () => {
    const vector = await vectorOf(await open(), "轴承 振");
    expectNear(vector, expected(["[CLS]", "轴", "承", "振", "[SEP]"]));
  });

  test("is that of the first token where the folder says so", async () => {
    const pooling = JSON.stringify({ pooling_mode_cls_token: true });
    const vector = await vectorOf(await open({ "1_Pooling/config.json": pooling }), "轴承");
    expectNear(vector, expected(["[CLS]"]));
  });

  test("is what the model gives out for the whole text where it does", async () => {
    const graph = tinyGraph();
    const model = writeOnnx({
      ...graph,
      outputs: [
        ...graph.outputs,
        { name: "sentence_embedding", type: "float32", dims: ["batch", 6] },
      ],
      nodes: [
        ...graph.nodes,
        {
          op: "ReduceMax",
          inputs: ["last_hidden_state"],
          outputs: ["sentence_embedding"],
          attributes: { axes: [1], keepdims: 0 },
        },
      ],
    });
    const vector = await vectorOf(await open({ "model.onnx": model }), "轴锅");
    const largest = rowOf("轴").map((value, i) => Math.max(value, rowOf("锅")[i] as number, 0));
    expectNear(
      vector,
      largest.map((value) => value / Math.hypot(...largest)),
    );
  });

  test("is that of as many tokens as the model takes", async () => {
    const provider = await open({
      "sentence_bert_config.json": JSON.stringify({ max_seq_length: 4 }),
    });
    expectNear(await vectorOf(provider, "轴承锅炉"), expected(["[CLS]", "轴", "承", "[SEP]"]));
  });

  test("has what the model wants before a question, and is zeros for that alone", async () => {
    const provider = await open({
      "config_sentence_transformers.json": JSON.stringify({ prompts: { query: "锅 " } }),
    });
    expectNear(
      await vectorOf(provider, "轴", "question"),
      expected(["[CLS]", "锅", "轴", "[SEP]"]),
    );
    expectNear(await vectorOf(provider, "轴"), expected(["[CLS]", "轴", "[SEP]"]));
    expect(await vectorOf(provider, "未", "question")).toEqual(new Float32Array(6));
  });

  test("lowers letters unless the folder says otherwise", async () => {
    const vocabulary = [...tinyVocabulary().slice(0, -1), "a"].join("\r\n");
    const lower = await open({ "vocab.txt": vocabulary });
    expect(await vectorOf(lower, "A")).toEqual(await vectorOf(lower, "a"));
    const exact = await open({
      "vocab.txt": vocabulary,
      "tokenizer_config.json": JSON.stringify({ do_lower_case: false }),
    });
    expect(await vectorOf(exact, "A")).toEqual(new Float32Array(6));
    expect(await vectorOf(exact, "a")).not.toEqual(new Float32Array(6));
  });

  test("is the same from a tokenizer.json of WordPiece or Unigram", async () => {
    const byVocabulary = await vectorOf(await open(), "轴承");
    const vocab = Object.fromEntries(tinyVocabulary().map((token, id) => [token, id]));
    const around = [
      { SpecialToken: { id: "[CLS]", type_id: 0 } },
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: "[SEP]", type_id: 0 } },
    ];
    const special = Object.fromEntries(
      ["[CLS]", "[SEP]"].map((id) => [id, { id, ids: [vocab[id]], tokens: [id] }]),
    );
    const common = {
      added_tokens: [],
      post_processor: {
        type: "TemplateProcessing",
        single: around,
        pair: [],
        special_tokens: special,
      },
      decoder: null,
    };
    const wordPiece = {
      ...common,
      normalizer: { type: "BertNormalizer", lowercase: true, handle_chinese_chars: true },
      pre_tokenizer: { type: "BertPreTokenizer" },
      model: { type: "WordPiece", unk_token: "[UNK]", vocab },
    };
    const unigram = {
      ...common,
      normalizer: { type: "NFKC" },
      pre_tokenizer: null,
      model: { type: "Unigram", unk_id: 1, vocab: Object.keys(vocab).map((token) => [token, -1]) },
    };
    for (const tokenizer of [wordPiece, unigram]) {
      const files = { "vocab.txt": undefined, "tokenizer.json": JSON.stringify(tokenizer) };
      expect(await vectorOf(await open(files), "轴承")).toEqual(byVocabulary);
    }
  });
});

test("the id changes with the model, the tokenizer and what is said about them, and with nothing else", async () => {
  const ids = await Promise.all(
    [
      {},
      { "README.md": "other" },
      { "model.onnx": undefined, "onnx/model.onnx": writeOnnx(tinyGraph()) },
      { "vocab.txt": [...tinyVocabulary().slice(0, -1), "新"].join("\n") },
      { "1_Pooling/config.json": JSON.stringify({ pooling_mode_cls_token: true }) },
      { "sentence_bert_config.json": JSON.stringify({ max_seq_length: 16 }) },
      { "config_sentence_transformers.json": JSON.stringify({ prompts: { query: "问" } }) },
    ].map(async (files) => (await open(files)).id),
  );
  expect(ids.slice(0, 3)).toEqual([ids[0], ids[0], ids[0]]);
  expect(new Set(ids).size).toBe(5);
});

test("texts that are asked for together are answered in turn", async () => {
  const provider = await open();
  const texts = ["轴承", "锅炉", "划痕"];
  const alone = [];
  for (const text of texts) alone.push(await vectorOf(provider, text));
  const leaving = new AbortController();
  const left = provider.embed(["轴"], "document", leaving.signal);
  const together = texts.map((text) => vectorOf(provider, text));
  leaving.abort(new Error("left"));
  await expect(left).rejects.toThrow("left");
  expect(await Promise.all(together)).toEqual(alone);
});

describe("a folder is refused", () => {
  const graph = tinyGraph();
  const [output] = graph.outputs;
  const bpe = { model: { type: "BPE", vocab: {}, merges: [] } };
  test.each<[string, Parameters<typeof writeTinyModel>[0], RegExp]>([
    ["without a model", { "model.onnx": undefined }, /there is no model\.onnx/u],
    ["without a tokenizer", { "vocab.txt": undefined }, /neither tokenizer\.json nor vocab\.txt/u],
    [
      "with a damaged model",
      { "model.onnx": writeOnnx(graph).subarray(0, 99) },
      /cannot be loaded/u,
    ],
    [
      "with an input of another name",
      {
        "model.onnx": writeOnnx({
          ...graph,
          inputs: [...graph.inputs, { name: "pixel_values", type: "float32", dims: [1] }],
        }),
      },
      /has the inputs input_ids, attention_mask, pixel_values/u,
    ],
    [
      "with an output of another shape",
      {
        "model.onnx": writeOnnx({
          ...graph,
          outputs: [{ ...(output as NonNullable<typeof output>), name: "logits", dims: ["b", 6] }],
          nodes: [
            ...graph.nodes,
            {
              op: "ReduceMax",
              inputs: ["last_hidden_state"],
              outputs: ["logits"],
              attributes: { axes: [1], keepdims: 0 },
            },
          ],
        }),
      },
      /has the outputs logits/u,
    ],
    [
      "with a tokenizer of more tokens than the model knows",
      { "vocab.txt": [...tinyVocabulary(), "新"].join("\n") },
      /does not take 512 tokens of numbers up to \d+/u,
    ],
    ["with a vocabulary that is none", { "vocab.txt": "一\n二\n" }, /vocab\.txt lacks \[PAD\]/u],
    [
      "with a tokenizer of another type",
      { "tokenizer.json": JSON.stringify(bpe) },
      /type BPE; supported are WordPiece and Unigram/u,
    ],
    [
      "with a tokenizer that is not JSON",
      { "tokenizer.json": "{" },
      /tokenizer\.json is not JSON/u,
    ],
    [
      "with a tokenizer that lacks its parts",
      { "tokenizer.json": JSON.stringify({ model: { type: "WordPiece" } }) },
      /not a tokenizer that can be used/u,
    ],
    ["with bytes that are no text", { "vocab.txt": Uint8Array.of(255) }, /is not UTF-8/u],
    [
      "with another pooling",
      { "1_Pooling/config.json": JSON.stringify({ pooling_mode_max_tokens: true }) },
      /only these two are supported/u,
    ],
    [
      "with settings that are none",
      { "config.json": JSON.stringify({ max_position_embeddings: "many" }) },
      /config\.json is not what it should be/u,
    ],
    [
      "with no room for a text",
      { "sentence_bert_config.json": JSON.stringify({ max_seq_length: 2 }) },
      /no room for a text/u,
    ],
  ])("%s", async (_, files, message) => {
    const error = expect.objectContaining({
      code: "ERR_MODEL_INVALID",
      message: expect.stringMatching(message),
      messageZh: expect.stringMatching(/\p{Script=Han}/u),
    });
    await expect(open(files)).rejects.toThrow(error);
  });

  test("with a model that is too large", async () => {
    const folder = writeTinyModel();
    // A file with a hole: it takes no room on the disk.
    truncateSync(join(folder, "model.onnx"), MAX_MODEL_BYTES + 1);
    await expect(openOnnxDirEmbedding(folder)).rejects.toMatchObject({
      code: "ERR_MODEL_INVALID",
      message: expect.stringContaining("at most 1073741824 are supported"),
    });
  });
});
