/**
 * {@link EmbeddingProvider} over a sentence-embedding model in a folder, run by ONNX Runtime as WebAssembly.
 *
 * Nothing is fetched: the runtime is in its package, the model in the folder. The vector of a text is the mean of its
 * tokens' (Reimers and Gurevych, "Sentence-BERT", 2019, section 3) or that of its first token, made to length 1; or what
 * the model itself gives out as `sentence_embedding`. Texts are run one after the other: in a batch they would be padded
 * to one length, which changes their numbers with their company.
 *
 * @module
 */

import { env, InferenceSession, Tensor } from "onnxruntime-web";
import type { EmbeddingProvider, TextRole } from "../ports/embedding-provider.ts";
import {
  type EmbeddingModelFolder,
  modelInvalid,
  readEmbeddingModelFolder,
} from "./embedding-model-folder.ts";
import { createTextTokenizer, type TextTokenizer } from "./text-tokenizer.ts";

const MAX_DIMENSIONS = 4096;

/** Errors are thrown; the runtime would write them to the standard streams too. 4 is "fatal". */
const QUIET = { logSeverityLevel: 4 } as const;

/** Inputs that a model may have; the first it must have. */
const INPUTS = ["input_ids", "attention_mask", "token_type_ids"];

/**
 * Loads the model and runs it once at its greatest length, so that what it cannot do shows now.
 *
 * @throws {TributaryError} `ERR_MODEL_INVALID` with the file and what is wrong with it.
 */
export async function openOnnxDirEmbedding(path: string): Promise<OnnxDirEmbedding> {
  const folder = await readEmbeddingModelFolder(path);
  const tokenizer = createTextTokenizer(folder);
  // More would be threads of their own, which the pace of the thread that calls does not hold back.
  env.wasm.numThreads = 1;
  env.logLevel = "fatal";
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(folder.model, { executionProviders: ["wasm"] });
  } catch (cause) {
    throw unusable(`cannot be loaded: ${String(cause)}`, `无法加载：${String(cause)}`, cause);
  }
  try {
    const run = bindSession(session, folder);
    const dimensions = await trialRun(run, tokenizer, folder);
    return new OnnxDirEmbedding(folder, tokenizer, dimensions, run, () => session.release());
  } catch (error) {
    await session.release();
    throw error;
  }
}

/** The vector of a text, of any length, from its tokens. */
type Run = (ids: readonly number[]) => Promise<Float32Array>;

export class OnnxDirEmbedding implements EmbeddingProvider, AsyncDisposable {
  readonly id: string;
  readonly dimensions: number;
  readonly isCentred = false;
  readonly #prompts: EmbeddingModelFolder["prompts"];
  readonly #tokenizer: TextTokenizer;
  readonly #run: Run;
  readonly #release: () => Promise<void>;
  /** A session runs one text at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  /** Use {@link openOnnxDirEmbedding}. */
  constructor(
    { id, prompts }: EmbeddingModelFolder,
    tokenizer: TextTokenizer,
    dimensions: number,
    run: Run,
    release: () => Promise<void>,
  ) {
    this.id = id;
    this.dimensions = dimensions;
    this.#prompts = prompts;
    this.#tokenizer = tokenizer;
    this.#run = run;
    this.#release = release;
  }

  async embed(
    texts: readonly string[],
    role: TextRole,
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (const text of texts) {
      const turn = this.#turn.then(() => {
        signal.throwIfAborted();
        return this.#vectorOf(text, role);
      });
      // Who waits behind goes on whatever becomes of this one; its own caller hears of it.
      this.#turn = turn.catch(() => undefined);
      vectors.push(await turn);
    }
    signal.throwIfAborted();
    return vectors;
  }

  /** Frees the model's memory once what runs has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    await this.#release();
  }

  async #vectorOf(text: string, role: TextRole): Promise<Float32Array> {
    const bare = this.#tokenizer.encode(text);
    // Even where the model wants something before a text: by itself it is nothing.
    if (bare === undefined) return new Float32Array(this.dimensions);
    const prompt = this.#prompts[role];
    const ids = prompt === "" ? bare : (this.#tokenizer.encode(prompt + text) ?? bare);
    return normalised(await this.#run(ids));
  }
}

/** Finds out how the model is called. @throws {TributaryError} `ERR_MODEL_INVALID` */
function bindSession(session: InferenceSession, { pooling }: EmbeddingModelFolder): Run {
  const { inputNames, outputNames, outputMetadata } = session;
  const strange = inputNames.filter((name) => !INPUTS.includes(name));
  if (strange.length > 0 || !inputNames.includes("input_ids")) {
    throw unusable(
      `has the inputs ${inputNames.join(", ")}; input_ids is needed, and ${INPUTS.slice(1).join(" and ")} are all that there may be beside it`,
      `的输入为 ${inputNames.join("、")}；必须有 input_ids，此外只允许 ${INPUTS.slice(1).join(" 和 ")}。`,
    );
  }
  const outputs = outputMetadata.flatMap((output) =>
    output.isTensor && output.type === "float32"
      ? [{ name: output.name, rank: output.shape.length }]
      : [],
  );
  const whole = outputs.find(({ name, rank }) => name === "sentence_embedding" && rank === 2);
  const output = whole ?? outputs.find(({ rank }) => rank === 3);
  if (output === undefined) {
    throw unusable(
      `has the outputs ${outputNames.join(", ")}; one of float32 with a vector a token (last_hidden_state) or one a text (sentence_embedding) is needed`,
      `的输出为 ${outputNames.join("、")}；需要一个 float32 输出：每个标记一个向量（last_hidden_state）或每段文本一个向量（sentence_embedding）。`,
    );
  }
  return async (ids) => {
    const dims = [1, ids.length];
    const inputs: Record<string, Tensor> = {
      input_ids: new Tensor("int64", BigInt64Array.from(ids, BigInt), dims),
      attention_mask: new Tensor("int64", new BigInt64Array(ids.length).fill(1n), dims),
      token_type_ids: new Tensor("int64", new BigInt64Array(ids.length), dims),
    };
    const feeds = Object.fromEntries(inputNames.map((name) => [name, inputs[name] as Tensor]));
    const { [output.name]: result } = await session.run(feeds, [output.name], QUIET);
    const { data, dims: shape } = result as Tensor;
    const vectors = data as Float32Array;
    const dimensions = shape.at(-1) as number;
    return output === whole || pooling === "first"
      ? vectors.slice(0, dimensions)
      : mean(vectors, dimensions);
  };
}

/** Runs the longest text, with the highest token in it; the length of the vectors. */
async function trialRun(
  run: Run,
  { highest }: TextTokenizer,
  { maxTokens }: EmbeddingModelFolder,
): Promise<number> {
  let vector: Float32Array;
  try {
    vector = await run(new Array<number>(maxTokens).fill(highest));
  } catch (cause) {
    throw unusable(
      `does not take ${maxTokens} tokens of numbers up to ${highest}, as the tokenizer makes them: ${String(cause)}`,
      `不能处理分词器产生的 ${maxTokens} 个标记（最大编号 ${highest}）：${String(cause)}`,
      cause,
    );
  }
  const isNumbers = vector.every(Number.isFinite);
  if (vector.length >= 1 && vector.length <= MAX_DIMENSIONS && isNumbers) return vector.length;
  throw unusable(
    `gives vectors of ${vector.length} ${isNumbers ? "" : "infinite "}numbers; 1 to ${MAX_DIMENSIONS} are supported`,
    `给出的向量有 ${vector.length} 个${isNumbers ? "" : "非有限"}数；支持 1 到 ${MAX_DIMENSIONS} 个。`,
  );
}

function unusable(problem: string, problemZh: string, cause?: unknown) {
  return modelInvalid(`model.onnx ${problem}`, `model.onnx ${problemZh}`, cause);
}

/** Of vectors that stand one behind the other; none is of padding. */
function mean(vectors: Float32Array, dimensions: number): Float32Array {
  const sums = new Float64Array(dimensions);
  for (let base = 0; base < vectors.length; base += dimensions) {
    for (let i = 0; i < dimensions; i++) {
      sums[i] = (sums[i] as number) + (vectors[base + i] as number);
    }
  }
  return Float32Array.from(sums, (sum) => (sum * dimensions) / vectors.length);
}

/** @throws {TributaryError} `ERR_MODEL_INVALID` for numbers that are none. */
function normalised(vector: Float32Array): Float32Array {
  let square = 0;
  for (const value of vector) square += value * value;
  if (!Number.isFinite(square)) {
    throw unusable("gives out numbers that are none", "给出了非有限的数值。");
  }
  const length = Math.sqrt(square);
  return length === 0 ? vector : vector.map((value) => value / length);
}
