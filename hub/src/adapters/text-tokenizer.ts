/**
 * Texts as the numbers of a model's tokens.
 *
 * Takes a `tokenizer.json` of the types WordPiece (BERT and its kin) and Unigram (XLM-RoBERTa, multilingual E5), or the
 * `vocab.txt` of a BERT.
 *
 * @module
 */

import { Tokenizer } from "@huggingface/tokenizers";
import { type EmbeddingModelFolder, modelInvalid } from "./embedding-model-folder.ts";

const SUPPORTED = ["WordPiece", "Unigram"];

/** Characters that a token stands for at most, by and large: what of a text is behind this many a token is never reached. */
const CHARACTERS_A_TOKEN = 16;

export interface TextTokenizer {
  /** The highest number that a token has. */
  readonly highest: number;
  /**
   * The text's tokens, at most as many as the folder says, between the special ones; undefined if none of them is in
   * the vocabulary.
   */
  encode(text: string): readonly number[] | undefined;
}

/** @throws {TributaryError} `ERR_MODEL_INVALID` */
export function createTextTokenizer({
  tokenizer: { type, text },
  isLowerCase,
  maxTokens,
}: EmbeddingModelFolder): TextTokenizer {
  const config = type === "vocab.txt" ? bertConfig(text, isLowerCase) : jsonConfig(text);
  const tokenizer = open(type, config);
  const idsOf = (given: string, isWhole: boolean): number[] =>
    tokenizer.encode(given, { add_special_tokens: isWhole }).ids;
  const unknown = tokenizer.model?.unk_token_id;
  const { before, after } = specialTokens(type, idsOf);
  const room = maxTokens - before.length - after.length;
  if (room < 1) {
    throw modelInvalid(
      `the settings of the model leave no room for a text: it may have ${maxTokens} tokens`,
      `模型配置没有给文本留出位置：最多 ${maxTokens} 个标记。`,
    );
  }
  let highest = 0;
  for (const id of tokenizer.get_vocab().values()) highest = Math.max(highest, id);
  return {
    highest,
    encode: (given) => {
      const ids = idsOf(given.slice(0, maxTokens * CHARACTERS_A_TOKEN), false);
      const kept = ids.slice(0, room);
      if (kept.every((id) => id === unknown)) return undefined;
      return [...before, ...kept, ...after];
    },
  };
}

/** What stands before and behind the tokens of every text. */
function specialTokens(file: string, idsOf: (text: string, isWhole: boolean) => number[]) {
  const bare = idsOf("a", false);
  const whole = idsOf("a", true);
  const at = whole.findIndex((_, start) => bare.every((id, i) => whole[start + i] === id));
  if (bare.length === 0 || at === -1) {
    throw modelInvalid(
      `${file} changes the tokens of a text when it adds the special ones; that is not supported`,
      `${file} 在添加特殊标记时会改变文本本身的标记，不支持这种分词器。`,
    );
  }
  return { before: whole.slice(0, at), after: whole.slice(at + bare.length) };
}

function open(file: string, config: object): Tokenizer {
  try {
    return new Tokenizer(config, {});
  } catch (cause) {
    throw modelInvalid(
      `${file} is not a tokenizer that can be used: ${String(cause)}`,
      `${file} 不是可用的分词器：${String(cause)}`,
      cause,
    );
  }
}

function jsonConfig(text: string): object {
  let config: { model?: { type?: unknown; vocab?: unknown } } | null;
  try {
    config = JSON.parse(text);
  } catch (cause) {
    throw modelInvalid("tokenizer.json is not JSON", "tokenizer.json 不是 JSON。", cause);
  }
  const type = config?.model?.type;
  if (config === null || typeof type !== "string" || !SUPPORTED.includes(type)) {
    throw modelInvalid(
      `tokenizer.json is of the type ${String(type)}; supported are ${SUPPORTED.join(" and ")}`,
      `tokenizer.json 的类型是 ${String(type)}；支持的类型为 ${SUPPORTED.join(" 和 ")}。`,
    );
  }
  return config;
}

/** The `tokenizer.json` of a BERT with this vocabulary, a token a line. */
function bertConfig(text: string, lowercase: boolean): object {
  const tokens = text.replace(/\r?\n$/u, "").split(/\r?\n/u);
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  const missing = special.filter((token) => !Object.hasOwn(vocab, token));
  if (missing.length > 0) {
    throw modelInvalid(
      `vocab.txt lacks ${missing.join(", ")}: it is not the vocabulary of a BERT`,
      `vocab.txt 缺少 ${missing.join("、")}：它不是 BERT 的词表。`,
    );
  }
  const numbered = (token: string) => ({ id: token, ids: [vocab[token]], tokens: [token] });
  return {
    added_tokens: special.map((content) => ({ id: vocab[content], content, special: true })),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: "[CLS]", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "[SEP]", type_id: 0 } },
      ],
      pair: [],
      special_tokens: { "[CLS]": numbered("[CLS]"), "[SEP]": numbered("[SEP]") },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}
