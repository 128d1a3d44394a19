/**
 * Everything that the page itself says, in Chinese and English.
 *
 * @module
 */

import { CENTER_MESSAGES } from "./centers/messages.ts";
import { type Language, LOCALES } from "./choose-language.ts";
import { COLLECTION_MESSAGES } from "./collections/messages.ts";
import { HEADING_MESSAGES } from "./heading-messages.ts";
import { MATCH_MESSAGES } from "./match/messages.ts";
import { once } from "./once.ts";
import { ASSESS_MESSAGES } from "./operate/assess/messages.ts";
import { CURATE_MESSAGES } from "./operate/curate/messages.ts";
import { INBOX_MESSAGES } from "./operate/inbox/messages.ts";
import { INSIGHT_MESSAGES } from "./operate/insight/messages.ts";
import { MERGE_MESSAGES } from "./operate/merge/messages.ts";
import { OPERATE_MESSAGES } from "./operate/messages.ts";
import { PROVIDER_MESSAGES } from "./providers/messages.ts";

/** `[Chinese, English]`; `{name}` is a value. English plurals: `{n|one|many}`. */
export const MESSAGES = {
  otherLanguage: ["English", "中文"],
  theme: ["配色：{mode}", "Theme: {mode}"],
  themeAuto: ["跟随系统", "system"],
  themeLight: ["浅色", "light"],
  themeDark: ["深色", "dark"],
  skip: ["跳到结果", "Skip to results"],

  searchLabel: [
    "检索服务商、案例、政策、培训与活动",
    "Search providers, cases, policies, trainings and events",
  ],
  searchPlaceholder: ["例如：铜箔 针孔", "For example: MES"],
  searchButton: ["检索", "Search"],
  suggestions: ["检索建议", "Suggestions"],
  suggestionCount: [
    "{n} 条建议，用上下键选择",
    "{n} {n|suggestion|suggestions}, use the arrow keys",
  ],
  suggestTitle: ["标题", "title"],
  suggestEntity: ["机构", "entity"],
  suggestVocabulary: ["词表", "vocabulary"],

  allKinds: ["全部", "All"],
  kinds: ["记录类别", "Kinds of record"],
  filters: ["筛选", "Filters"],
  clearFilters: ["清除全部筛选", "Clear all filters"],
  activeFilters: ["已选条件", "Active filters"],
  removeFilter: ["去掉“{field}：{value}”", "Remove {field}: {value}"],
  showMore: ["再显示 {n} 项", "{n} more"],
  showFewer: ["收起", "Fewer"],
  totalHits: ["{n} 条记录", "{n} {n|record|records}"],
  sort: ["排序", "Order"],
  sortRelevance: ["相关度", "Relevance"],
  sortNewest: ["最新", "Newest"],
  results: ["检索结果", "Results"],
  loading: ["正在检索……", "Searching…"],
  corrected: ["没有“{typed}”，以下是“{used}”的结果", "Nothing has “{typed}”; these have “{used}”"],
  partial: [
    "没有同时包含全部词语的记录，以下记录包含其中一部分",
    "No record has all the words; these have some of them",
  ],
  emptyTitle: ["没有符合条件的记录", "No record matches"],
  emptyHint: [
    "换一个更短或更常用的词，或去掉部分筛选条件。",
    "Try a shorter or more common word, or remove some filters.",
  ],
  emptyCatalog: [
    "目录还是空的：还没有中心发布记录。",
    "The catalog is empty: no center has published yet.",
  ],
  pages: ["翻页", "Pages"],
  page: ["第 {n} 页", "Page {n}"],
  pageOf: ["第 {n} / {of} 页", "Page {n} of {of}"],
  firstPage: ["首页", "First"],
  previousPage: ["上一页", "Previous"],
  nextPage: ["下一页", "Next"],

  receivedAgo: ["{ago}收到", "received {ago}"],
  centerNotFresh: ["中心未按时更新", "center is behind its promise"],
  source: ["来源", "Source"],
  sourceRow: ["第 {row} 行", "row {row}"],
  license: ["许可", "Licence"],
  matchedByMeaning: ["语义相近", "close in meaning"],

  coverage: ["本结果依据", "What this answer rests on"],
  coverageFresh: ["{n} 个中心更新及时", "{n} {n|center|centers} fresh"],
  coverageStale: ["{n} 个中心未按时更新", "{n} {n|center|centers} stale"],
  coveragePaused: ["{n} 个中心已暂停", "{n} {n|center|centers} paused"],
  coverageLog: ["日志共 {n} 条", "log size {n}"],

  snippet: ["用代码完成同样的检索", "The same search in code"],
  snippetSdk: ["SDK", "SDK"],
  snippetCurl: ["curl", "curl"],
  copy: ["复制", "Copy"],
  copied: ["已复制", "Copied"],
  copyFailed: ["无法复制，请手动选取", "Could not copy; select the text"],

  back: ["返回检索结果", "Back to results"],
  backToMatch: ["返回服务商排名", "Back to the providers"],
  backToProviders: ["返回服务商名录", "Back to the list of providers"],
  backToProvider: ["返回服务商", "Back to the provider"],
  backToCenters: ["返回中心列表", "Back to the centers"],
  backToCenter: ["返回中心", "Back to the center"],
  backToOperate: ["返回运营", "Back to operating"],
  loadingRecord: ["正在读取记录……", "Loading the record…"],
  sectionContent: ["内容", "Content"],
  sectionProvenance: ["出处", "Provenance"],
  sectionProof: ["证明", "Proof"],
  moreItems: ["……另有 {n} 项", "… and {n} more"],
  noBody: ["该记录没有可显示的内容。", "This record has no content to show."],
  selfClaimed: ["服务商自述，不参与排序", "the provider's own words; never scored"],
  yes: ["是", "yes"],
  no: ["否", "no"],
  moneyRange: ["{low} 至 {high}", "{low} to {high}"],

  outcomeN: ["涉及 {n} 家企业", "{n} {n|enterprise|enterprises}"],
  outcomeMonths: ["验收后 {n} 个月测得", "measured {n} {n|month|months} after acceptance"],
  outcomeDoubt: ["存疑：{doubt}", "doubtful: {doubt}"],

  urn: ["记录名称 (URN)", "Record name (URN)"],
  centerId: ["中心", "Center"],
  revision: ["版本", "Revision"],
  state: ["状态", "State"],
  visibility: ["可见范围", "Visibility"],
  logPosition: ["日志位置", "Position in the log"],
  logPositionValue: [
    "第 {position} 条，批内第 {index} 条",
    "entry {position}, record {index} of its batch",
  ],
  receivedAt: ["枢纽收到时间", "Received by the hub"],
  readAt: ["代理读取时间", "Read by the agent"],
  sourceId: ["数据源", "Source"],
  table: ["工作表或数据表", "Sheet or table"],
  row: ["行", "Row"],
  mappingId: ["映射版本", "Mapping"],

  verify: ["在本浏览器中验证", "Verify in this browser"],
  verifyAgain: ["重新验证", "Verify again"],
  verifying: ["正在验证……", "Verifying…"],
  verifyIntro: [
    "取回证据，并在本页用密码学方法逐步核对；不必相信页面上的文字。",
    "Fetches the evidence and checks it step by step in this page, so that you need not trust what the page says.",
  ],
  verified: [
    "已验证：记录由该中心签名，并已写入日志",
    "Verified: signed by the center and in the log",
  ],
  notVerified: ["验证未通过", "Not verified"],
  verifyImpossible: [
    "本浏览器在此地址上不提供签名验证（需要 https 或 localhost，以及支持 Ed25519 的浏览器）。请用 SDK 的 verifyEvidence 离线验证。",
    "This browser cannot check signatures at this address (it takes https or localhost, and Ed25519). Verify with verifyEvidence of the SDK instead.",
  ],
  verifyTrust: [
    "信任起点：{origin}，公钥 {vkey}。该公钥由被检查的枢纽自己给出；要防范枢纽造假，请与其他途径公布的公钥核对。",
    "Trust starts from {origin}, key {vkey}. The hub being checked gave that key itself: compare it with one published elsewhere to be safe from a dishonest hub.",
  ],
  stepFetch: ["取回证据（{bytes} 字节）", "Evidence fetched ({bytes} bytes)"],
  stepRecord: [
    "记录字节完整，且与页面所示一致",
    "The record's bytes are whole and are what this page shows",
  ],
  stepPath: ["记录属于该批次（Merkle 路径）", "The record belongs to its batch (Merkle path)"],
  stepSignature: ["批次由中心 {center} 的密钥签名", "The batch is signed by the key of {center}"],
  stepMembership: [
    "日志证明该密钥属于获准的成员",
    "The log proves that the key belongs to an approved member",
  ],
  stepInclusion: ["批次在日志第 {position} 条", "The batch is in the log at position {position}"],
  stepCheckpoint: [
    "检查点由枢纽签名，日志长度 {size}",
    "The checkpoint is signed by the hub at log size {size}",
  ],

  problem: ["出错了", "Something went wrong"],
  problemCode: ["错误代码", "Code"],
  problemRequest: ["请求编号", "Request id"],
  retry: ["重试", "Try again"],
  startOver: ["重新开始", "Start over"],
  doUnavailable: [
    "检查枢纽是否在运行、网络是否可达，然后重试。",
    "Check that the hub runs and that the network reaches it, then try again.",
  ],
  doRetry: ["稍候片刻再试。", "Wait a moment and try again."],
  doNotFound: [
    "该记录可能已被撤回，或仅对成员可见。",
    "The record may have been withdrawn, or only members may see it.",
  ],
  doChange: ["按提示修改检索条件后再试。", "Change the search as the message says."],
  doStartOver: [
    "此链接所依据的检索已变化，请从第一页开始。",
    "The search behind this link has changed; start from its first page.",
  ],
  doReport: [
    "请把错误代码和请求编号告诉枢纽管理员。",
    "Tell the hub's operator the code and the request id.",
  ],

  footer: ["每条记录都可离线验证。", "Every record can be verified offline."],
  ...HEADING_MESSAGES,
  ...MATCH_MESSAGES,
  ...PROVIDER_MESSAGES,
  ...CENTER_MESSAGES,
  ...COLLECTION_MESSAGES,
  ...OPERATE_MESSAGES,
  ...CURATE_MESSAGES,
  ...INBOX_MESSAGES,
  ...MERGE_MESSAGES,
  ...INSIGHT_MESSAGES,
  ...ASSESS_MESSAGES,
} as const satisfies Record<string, readonly [zh: string, en: string]>;

export type MessageName = keyof typeof MESSAGES;

/** A text of the page. @param values Numbers are written as people of the language write them. */
export type Translate = (
  name: MessageName,
  values?: Readonly<Record<string, string | number>>,
) => string;

export function translator(language: Language): Translate {
  const numbers = once(() => new Intl.NumberFormat(LOCALES[language]));
  return (name, values = {}) =>
    MESSAGES[name][language === "zh" ? 0 : 1].replaceAll(
      /\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g,
      (_, key: string, one?: string, many?: string) => {
        const value = values[key] ?? "";
        if (one !== undefined && many !== undefined) return value === 1 ? one : many;
        return typeof value === "number" ? numbers().format(value) : value;
      },
    );
}
