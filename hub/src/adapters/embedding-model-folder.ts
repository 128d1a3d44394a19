/**
 * The folder of an embedding model that an operator brings, as sentence-transformers and its exports lay it out.
 *
 * | file | what of it is used |
 * |---|---|
 * | `model.onnx` or `onnx/model.onnx` | the network |
 * | `tokenizer.json`, else `vocab.txt` | see `text-tokenizer.ts` |
 * | `tokenizer_config.json` | `do_lower_case`, `model_max_length` |
 * | `config.json` | `max_position_embeddings`, `model_type` |
 * | `sentence_bert_config.json` | `max_seq_length` |
 * | `1_Pooling/config.json` | mean of the tokens, or the first token |
 * | `config_sentence_transformers.json` | `prompts`: what a model wants before a question and before a document |
 *
 * All but the first two may be missing.
 *
 * @module
 */

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { sha256, TributaryError, toHex, utf8 } from "@tributary/proto";
import { z } from "zod";
import type { TextRole } from "../ports/embedding-provider.ts";

/** Changes when the same files give other vectors. */
const VERSION = 1;

/** Larger models do not fit beside the hub, and cannot be addressed by WebAssembly with room to work. */
export const MAX_MODEL_BYTES = 2 ** 30;

/** More than the largest multilingual vocabulary in use, of 250,000 tokens. */
const MAX_TOKENIZER_BYTES = 64 * 2 ** 20;
const MAX_CONFIG_BYTES = 2 ** 20;

/** Longer texts are cut, whatever the model can take: attention costs the square of the length. */
const MAX_TOKENS = 512;

/** How the vector of a text is made of those of its tokens. */
export type Pooling = "mean" | "first";

export interface EmbeddingModelFolder {
  /** Made of everything that changes a vector. */
  readonly id: string;
  readonly model: Uint8Array;
  readonly tokenizer:
    | { readonly type: "tokenizer.json"; readonly text: string }
    | { readonly type: "vocab.txt"; readonly text: string };
  /** Whether a tokenizer that is made of a vocabulary lowers letters. */
  readonly isLowerCase: boolean;
  readonly pooling: Pooling;
  /** Most tokens of a text, with the special ones. */
  readonly maxTokens: number;
  /** What is put before a text. */
  readonly prompts: Readonly<Record<TextRole, string>>;
}

const tokenizerConfig = z.looseObject({
  do_lower_case: z.boolean().default(true),
  model_max_length: z.number().positive().optional(),
});
const modelConfig = z.looseObject({
  model_type: z.string().default(""),
  max_position_embeddings: z.number().int().positive().optional(),
});
const sentenceConfig = z.looseObject({
  max_seq_length: z.number().int().positive().nullish(),
});
const poolingConfig = z.looseObject({
  pooling_mode_cls_token: z.boolean().default(false),
  pooling_mode_mean_tokens: z.boolean().default(false),
});
const promptConfig = z.looseObject({
  prompts: z.record(z.string(), z.string().max(1024)).default({}),
});

/** Reads what the folder holds; what the network and the tokenizer are is not looked at. @throws {TributaryError} `ERR_MODEL_INVALID` */
export async function readEmbeddingModelFolder(folder: string): Promise<EmbeddingModelFolder> {
  const model = await readModel(folder);
  const tokenizer = await readTokenizer(folder);
  const { do_lower_case: isLowerCase, model_max_length } = await readConfig(
    join(folder, "tokenizer_config.json"),
    tokenizerConfig,
  );
  const { model_type, max_position_embeddings } = await readConfig(
    join(folder, "config.json"),
    modelConfig,
  );
  const { max_seq_length } = await readConfig(
    join(folder, "sentence_bert_config.json"),
    sentenceConfig,
  );
  const pooling = await readPooling(join(folder, "1_Pooling", "config.json"));
  const { prompts: named } = await readConfig(
    join(folder, "config_sentence_transformers.json"),
    promptConfig,
  );
  // The first two positions of RoBERTa and its kin are never used.
  const reserved = /roberta/u.test(model_type) ? 2 : 0;
  const maxTokens = Math.min(
    MAX_TOKENS,
    max_seq_length ?? MAX_TOKENS,
    model_max_length ?? MAX_TOKENS,
    (max_position_embeddings ?? MAX_TOKENS + reserved) - reserved,
  );
  const prompts = {
    question: named["query"] ?? "",
    document: named["document"] ?? named["passage"] ?? "",
  };
  const settings = JSON.stringify([VERSION, isLowerCase, pooling, maxTokens, prompts]);
  const parts = [utf8(settings), model, utf8(tokenizer.text)].map((part) => sha256(part));
  const id = `onnx-${VERSION}-${toHex(sha256(...parts).subarray(0, 8))}`;
  return { id, model, tokenizer, isLowerCase, pooling, maxTokens, prompts };
}

/** The error for a folder that cannot be used. */
export function modelInvalid(message: string, messageZh: string, cause?: unknown): TributaryError {
  return new TributaryError("ERR_MODEL_INVALID", message, { messageZh, cause });
}

async function readModel(folder: string): Promise<Uint8Array> {
  for (const file of [join(folder, "model.onnx"), join(folder, "onnx", "model.onnx")]) {
    const bytes = await readOptional(file, MAX_MODEL_BYTES);
    if (bytes !== undefined) return bytes;
  }
  throw modelInvalid(
    `there is no model.onnx in ${folder}; bring a folder with model.onnx and tokenizer.json or vocab.txt`,
    `文件夹 ${folder} 中没有 model.onnx；请提供含 model.onnx 以及 tokenizer.json 或 vocab.txt 的文件夹。`,
  );
}

async function readTokenizer(folder: string): Promise<EmbeddingModelFolder["tokenizer"]> {
  for (const type of ["tokenizer.json", "vocab.txt"] as const) {
    const bytes = await readOptional(join(folder, type), MAX_TOKENIZER_BYTES);
    if (bytes !== undefined) return { type, text: decode(join(folder, type), bytes) };
  }
  throw modelInvalid(
    `there is neither tokenizer.json nor vocab.txt in ${folder}; copy the one that the model was trained with`,
    `文件夹 ${folder} 中既没有 tokenizer.json 也没有 vocab.txt；请复制与该模型配套的分词器文件。`,
  );
}

async function readPooling(file: string): Promise<Pooling> {
  const bytes = await readOptional(file, MAX_CONFIG_BYTES);
  if (bytes === undefined) return "mean";
  const { pooling_mode_cls_token, pooling_mode_mean_tokens } = parse(file, bytes, poolingConfig);
  if (pooling_mode_cls_token === pooling_mode_mean_tokens) {
    throw modelInvalid(
      `${file} asks for neither the mean of the tokens nor the first token; only these two are supported`,
      `${file} 要求的池化方式既不是平均（mean）也不是首个标记（cls）；仅支持这两种。`,
    );
  }
  return pooling_mode_cls_token ? "first" : "mean";
}

/** A file of settings; their defaults when it is missing. */
async function readConfig<S extends z.ZodType>(file: string, schema: S): Promise<z.output<S>> {
  const bytes = await readOptional(file, MAX_CONFIG_BYTES);
  return bytes === undefined ? schema.parse({}) : parse(file, bytes, schema);
}

function parse<S extends z.ZodType>(file: string, bytes: Uint8Array, schema: S): z.output<S> {
  try {
    return schema.parse(JSON.parse(decode(file, bytes)));
  } catch (cause) {
    const problem = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw modelInvalid(
      `${file} is not what it should be: ${problem}`,
      `${file} 的内容不正确：${problem}`,
      cause,
    );
  }
}

function decode(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw modelInvalid(`${file} is not UTF-8`, `${file} 不是 UTF-8 编码。`, cause);
  }
}

/** The file's bytes; undefined when there is none. @throws {TributaryError} `ERR_MODEL_INVALID` */
async function readOptional(file: string, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    const { size } = await stat(file);
    if (size <= maxBytes) return await readFile(file);
    throw modelInvalid(
      `${file} has ${size} bytes, at most ${maxBytes} are supported; take a smaller or a quantised model`,
      `${file} 有 ${size} 字节，最多支持 ${maxBytes} 字节；请使用更小或量化后的模型。`,
    );
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error && "code" in error)) throw error;
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw modelInvalid(
      `${file} cannot be read: ${error.message}`,
      `无法读取 ${file}：${error.message}`,
      error,
    );
  }
}
