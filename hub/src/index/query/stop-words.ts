/**
 * Words that carry no condition: they are not required, though they still add their small weight.
 *
 * @module
 */

const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "的 了 在 是 和 与 及 或 等 有 被 把 对 为 从 到 向 由 于 以 之 其 这 那 该 此 我 你 您 他 她 它 们 我们 你们 他们 " +
    "个 些 一个 一些 哪 哪个 哪些 哪里 哪家 什么 怎么 怎样 如何 为什么 为何 多少 几 谁 何时 是否 吗 呢 吧 啊 想 要 请 请问 " +
    "关于 进行 通过 以及 可以 能够 需要 " +
    "a an the of and or to in on at by for from with as is are was were be been it its this that these those what " +
    "which who whom whose when where why how do does did can could should would will may we you your our their " +
    "there has have had not no into than then so such about"
  ).split(" "),
);

const QUESTION_WORDS: ReadonlySet<string> = new Set(
  (
    "哪 哪个 哪些 哪里 哪家 什么 怎么 怎样 如何 为什么 为何 多少 几 谁 何时 是否 吗 呢 " +
    "what which who whom whose when where why how"
  ).split(" "),
);

/** @param word Folded. */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}

/** True for a stop word that asks. @param word Folded. */
export function isQuestionWord(word: string): boolean {
  return QUESTION_WORDS.has(word);
}
