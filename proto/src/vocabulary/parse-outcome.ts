/**
 * Effects as cases state them: 交货率提高15%, 由45天缩短至7天, 能源利用率降低10%以上.
 *
 * The direction comes from the effect, not from the verb, since rules and reports slip the sign; a contradiction is
 * kept as a note and is a question to the center. Nothing here makes a claim true: a claim never scores.
 *
 * @module
 */

import { type Kpi, kpiConcepts, kpiOf, type ValueKind } from "./kpi.ts";
import { type Operator, parseChineseNumber, parseNumber } from "./parse-number.ts";
import { containsWord, halvesOf, tidy } from "./text.ts";

/** What is doubtful about a claim. */
export type OutcomeDoubt =
  /** The verb says that the effect became worse; read as an improvement. */
  | "direction_contradicts"
  /** "%" of an effect that is itself a share: relative or percentage points; read as points. */
  | "percent_or_points"
  /** Outside what is usual. */
  | "outside_typical"
  /** Outside what can be. */
  | "outside_hard"
  /** 提高3倍 read as plus 300 percent. */
  | "multiple"
  /** Before and after do not give the change that is stated; the levels count. */
  | "change_contradicts_levels";

/** One stated effect. */
export interface ParsedOutcome {
  /** Code of the effect. */
  readonly kpi: string;
  readonly valueKind: ValueKind;
  /** Signed as the change of the quantity: costs that fell by 10 percent are -10. */
  readonly value: number;
  /** Upper end with op `range`, in the direction of growing magnitude. */
  readonly valueMax?: number;
  /** pct, pp, cny_10k, level, point, month or count. */
  readonly unit: string;
  readonly before?: number;
  readonly after?: number;
  readonly op: Operator;
  /** Number of enterprises that the figure is about; absent where not stated. */
  readonly n?: number;
  readonly doubts: readonly OutcomeDoubt[];
}

/** Result of {@link parseOutcomes}. */
export interface ParsedOutcomes {
  readonly claims: readonly ParsedOutcome[];
  /** Clauses that hold a figure which was not understood. */
  readonly unparsed: readonly string[];
}

/** Most clauses of one text that are read; a text with more is not a cell of a table. */
const MAX_CLAUSES = 100;
/** Longest clause that is read, in characters; bounds the work of the patterns. */
const MAX_CLAUSE_LENGTH = 300;

const UP =
  /提高|提升|增长|增加|上升|增至|提至|升至|翻|improv|increas|rais|rose|grew|grow|gain|\bup\b|higher/i;
const DOWN =
  /降低|下降|减少|缩短|压缩|节约|节省|降至|减至|缩至|降|减|reduc|decreas|cut|shorten|lower|fell|drop|sav|\bdown\b|less/i;
const NUMBER = String.raw`\d+(?:,\d{3})*(?:\.\d+)?`;
const FROM_TO = new RegExp(
  String.raw`(?:由|从|自|from)?\s*(?:原来的?|原)?\s*(${NUMBER})\s*([^\d\s,，至到]{0,6}?)\s*(?:(?:大幅)?(?:缩短|降低|下降|减少|压缩|提高|提升|增加|增长|上升|优化|降|减|升|增|缩)?\s*(?:至|到|为)|→|->|\bto\b)\s*(${NUMBER})\s*([^\d\s,，。；;]{0,6})`,
  "i",
);
const PERCENT = new RegExp(
  String.raw`(${NUMBER})\s*(?:(?:%|个?百分点)?\s*(?:-|~|–|—|至|到|\bto\b)\s*(${NUMBER}))?\s*(%|个?百分点|percentage points?|percent|\bpp\b)`,
  "i",
);
const TIMES = new RegExp(String.raw`(${NUMBER}|[一二两三四五六七八九十]+)\s*倍`);
const MONEY = new RegExp(String.raw`(${NUMBER})\s*(?:(?:-|~|—|至)\s*(${NUMBER}))?\s*(亿|万)元?`);
const LEVEL =
  /(?:达到?|通过|获评|提升至|提升到|升至|至|为|level)\s*(?:第)?([一二三四五1-5])\s*级|level\s*([1-5])/i;
const STATES_LEVEL = /达到?|达|为|保持|实现|reach|stands? at/i;
const ENTERPRISES = new RegExp(
  String.raw`(${NUMBER})\s*(?:余|多)?\s*(?:家|户)(?:企业|供应商|客户|工厂|中小企业)?|(${NUMBER})\s+(?:enterprises|companies|suppliers|smes|firms)`,
  "i",
);

/**
 * All effects that a text states. Deterministic; never throws.
 *
 * @param code The effect meant where a clause names none, as in a column of its own; a code of the registry.
 */
export function parseOutcomes(text: string, code?: string): ParsedOutcomes {
  const claims: ParsedOutcome[] = [];
  const unparsed: string[] = [];
  let open = code === undefined ? undefined : kpiOf(code);
  let n: number | undefined;
  for (const clause of clausesOf(text).slice(0, MAX_CLAUSES)) {
    n = enterprisesOf(clause) ?? n;
    const named = kpiOfClause(clause);
    // 刀具费用下降14% after a clause about OEE is not about OEE: only a clause without a subject goes on.
    const kpi = named ?? (hasSubject(clause) ? undefined : open);
    if (!/\d|[一二三四五六七八九十两]倍|[一二三四五]级/.test(clause)) {
      open = named ?? open;
      continue;
    }
    const previous = claims.at(-1);
    const goesOn = named === undefined && previous !== undefined && previous.kpi === kpi?.code;
    if (goesOn) {
      const merged = withLevels(previous, clause);
      if (merged !== undefined) {
        claims[claims.length - 1] = merged;
        continue;
      }
    }
    const claim = kpi && claimOf(kpi, clause);
    if (claim === undefined) {
      if (isFigure(clause)) unparsed.push(clause);
    } else {
      claims.push(n === undefined ? claim : { ...claim, n });
      open = kpi;
    }
  }
  return { claims, unparsed };
}

/** An effect whose parts stand in columns of their own. */
export interface OutcomeColumns {
  /** Its code or name. */
  readonly kpi: string;
  /** Levels; anything that is no number, such as "/", counts as not stated. */
  readonly before?: string | number | undefined;
  readonly after?: string | number | undefined;
  /** The change, as -38, 降低38 or 提高15%. Also read from `after` where `before` is not stated. */
  readonly change?: string | number | undefined;
  /** As written: %, 个百分点, 天, 万元, ... */
  readonly unit?: string | undefined;
}

/** The effect that columns state; undefined where the name is none of the registry, or no figure is given. */
export function outcomeOf(columns: OutcomeColumns): ParsedOutcome | undefined {
  const { before, after, change, unit = "" } = columns;
  const kpi = kpiOf(columns.kpi.trim()) ?? kpiOfClause(tidy(columns.kpi));
  if (kpi === undefined) return undefined;
  const from = levelNumber(before);
  const to = levelNumber(after);
  if (from !== undefined && to !== undefined) {
    return changeBetween(kpi, { before: from, after: to, unit: tidy(unit) });
  }
  const stated = change ?? (from === undefined ? after : undefined);
  return stated === undefined ? undefined : statedChange(kpi, tidy(String(stated)), tidy(unit));
}

function levelNumber(value: string | number | undefined): number | undefined {
  if (typeof value === "number") return value;
  const parsed = value === undefined ? undefined : parseNumber(value);
  return parsed?.op === "range" ? undefined : parsed?.value;
}

function statedChange(kpi: Kpi, text: string, unit: string): ParsedOutcome | undefined {
  const signed = new RegExp(`^([+-]?)(${NUMBER})(.*)$`).exec(text);
  const [, sign = "", number = text, rest = ""] = signed ?? [];
  // A figure without a verb has a sign, or none and then means an improvement.
  const verb = signed === null ? "" : sign === "-" ? "降低" : sign === "+" ? "提高" : better(kpi);
  return claimOf(kpi, `${kpi.zh}${verb}${number}${rest || scaleOf(unit, text)}`);
}

function better(kpi: Kpi): string {
  return kpi.better === "down" ? "降低" : "提高";
}

/** The unit as a sentence would have it; nothing where the text has one itself. */
function scaleOf(unit: string, text: string): string {
  if (/[%万亿级倍]|百分点/.test(text)) return "";
  return /^10k|^万/i.test(unit) ? "万元" : unit;
}

/** A clause whose figure is an effect and no mere count of enterprises or a year. */
function isFigure(clause: string): boolean {
  const rest = clause.replace(ENTERPRISES, "").replace(/\d{4}\s*年(?:\d{1,2}月)?/g, "");
  return /\d\s*(?:%|倍|个?百分点|天|小时|万|元)|\d.*(?:至|到|→).*\d/.test(rest);
}

const FILLERS =
  /平均|其中|同时|并且|并|且|再|又|进一步|大幅|显著|累计|约|近|同比|环比|总体|整体|\b(?:by|was|were|has|have|been|it|on average|about)\b/gi;
const PREDICATE =
  /[\d±+%-]|由|从|自|提高|提升|增|上升|降|下降|减|缩|压|节|优化|达|from|improv|increas|rais|rose|grew|reduc|decreas|cut|shorten|lower|fell|drop/i;

/** Whether a clause says itself what its figure is about, before its verb and figure. */
function hasSubject(clause: string): boolean {
  const at = clause.search(PREDICATE);
  const before = at < 0 ? clause : clause.slice(0, at);
  return /[\p{L}\p{N}]{2,}/u.test(before.replace(FILLERS, " "));
}

function clausesOf(text: string): readonly string[] {
  return tidy(text.replace(/[\n\r]+/g, "；"))
    .split(/[;；。]|[,，、](?!\d{3}(?:\D|$))|\band\b/)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== "" && clause.length <= MAX_CLAUSE_LENGTH);
}

function enterprisesOf(clause: string): number | undefined {
  const found = ENTERPRISES.exec(clause);
  const digits = found?.[1] ?? found?.[2];
  const words = /([一二两三四五六七八九十百]{1,4})家(?:企业|供应商|客户|工厂|中小企业)/.exec(
    clause,
  )?.[1];
  const n =
    digits === undefined
      ? (parseChineseNumber(words ?? "") ?? Number.NaN)
      : Number(digits.replaceAll(",", ""));
  return Number.isInteger(n) && n > 0 && n < 10_000_000 ? n : undefined;
}

let kpiWords: readonly (readonly [string, Kpi])[] | undefined;

/** The effect whose longest name stands in the clause. */
function kpiOfClause(clause: string): Kpi | undefined {
  kpiWords ??= kpiConcepts()
    .flatMap((kpi) =>
      [...halvesOf(kpi.zh), kpi.en, ...kpi.aliases].map(
        (word) => [tidy(word).toLowerCase(), kpi] as const,
      ),
    )
    .filter(([word]) => word.length >= 2)
    .sort((a, b) => b[0].length - a[0].length);
  const lower = clause.toLowerCase();
  return kpiWords.find(([word]) => containsWord(lower, word))?.[1];
}

function claimOf(kpi: Kpi, clause: string): ParsedOutcome | undefined {
  const body = clause.replace(ENTERPRISES, " ");
  return (
    fromLevels(kpi, body) ??
    fromPercent(kpi, body) ??
    fromTimes(kpi, body) ??
    fromMoney(kpi, body) ??
    fromGrade(kpi, body)
  );
}

interface Levels {
  readonly before: number;
  readonly after: number;
  readonly unit: string;
}

function levelsOf(clause: string): Levels | undefined {
  const found = FROM_TO.exec(clause);
  if (found === null) return undefined;
  const [, from = "", fromUnit = "", to = "", toUnit = ""] = found;
  const units = commonUnit(fromUnit, toUnit);
  if (units === undefined) return undefined;
  // "10%-15%" and "提高10%到15%" are ranges of a change unless 由 or 从 says otherwise.
  const isPercent = /%/.test(fromUnit) || /^%/.test(toUnit);
  if (isPercent && !/由|从|自|from|→|->|原/i.test(clause)) return undefined;
  return {
    before: round(Number(from.replaceAll(",", "")) * units.from),
    after: round(Number(to.replaceAll(",", "")) * units.to),
    unit: units.unit,
  };
}

/** Seconds in the units of time, by what a unit begins with; longer ones first. */
const TIMES_OF_DAY: readonly (readonly [RegExp, number])[] = [
  [/^(?:秒|sec|s\b)/i, 1],
  [/^(?:分|min)/i, 60],
  [/^(?:小时|个小时|时|h)/i, 3_600],
  [/^(?:天|日|个?工作日|day|d\b)/i, 86_400],
  [/^(?:周|个?星期|week)/i, 604_800],
  [/^(?:个?月|month)/i, 2_592_000],
];

/** What both levels are multiplied by to be in one unit; undefined where the units have nothing in common. */
function commonUnit(
  from: string,
  to: string,
): { from: number; to: number; unit: string } | undefined {
  if (from === "" || to === "" || from === to || to.startsWith(from) || from.startsWith(to)) {
    return { from: 1, to: 1, unit: to || from };
  }
  const fromSeconds = TIMES_OF_DAY.find(([pattern]) => pattern.test(from))?.[1];
  const toSeconds = TIMES_OF_DAY.find(([pattern]) => pattern.test(to))?.[1];
  if (fromSeconds === undefined || toSeconds === undefined) return undefined;
  const least = Math.min(fromSeconds, toSeconds);
  return {
    from: fromSeconds / least,
    to: toSeconds / least,
    unit: fromSeconds < toSeconds ? from : to,
  };
}

function fromLevels(kpi: Kpi, clause: string): ParsedOutcome | undefined {
  const levels = levelsOf(clause);
  return levels && changeBetween(kpi, levels);
}

function changeBetween(kpi: Kpi, { before, after, unit }: Levels): ParsedOutcome | undefined {
  const isShare = /^(?:%|个?百分点)/.test(unit);
  const isPoints = (kpi.unit === "pp" && isShare) || kpi.unit === "level" || kpi.unit === "point";
  if (!isPoints && before === 0) return undefined;
  const value = round(isPoints ? after - before : ((after - before) / before) * 100);
  const claim: ParsedOutcome = {
    kpi: kpi.code,
    valueKind: isPoints ? "level_change" : "relative",
    value,
    unit: isPoints ? kpi.unit : "pct",
    before,
    after,
    op: "eq",
    doubts: [],
  };
  // Levels say for themselves which way it went, so a decline is believed.
  return withDoubts(claim, kpi, []);
}

/** Adds before and after of a clause such as 由30天降至12天 to the claim that it explains. */
function withLevels(claim: ParsedOutcome, clause: string): ParsedOutcome | undefined {
  const levels = levelsOf(clause);
  if (levels === undefined || claim.before !== undefined || levels.before === 0) return undefined;
  const { before, after } = levels;
  const computed = round(claim.unit === "pct" ? ((after - before) / before) * 100 : after - before);
  const agrees = Math.abs(computed - claim.value) <= Math.max(1, Math.abs(claim.value) * 0.05);
  const doubts: OutcomeDoubt[] = agrees
    ? [...claim.doubts]
    : [...claim.doubts, "change_contradicts_levels"];
  return finite({ ...claim, value: agrees ? claim.value : computed, before, after, doubts });
}

function fromPercent(kpi: Kpi, clause: string): ParsedOutcome | undefined {
  const found = PERCENT.exec(clause);
  if (found === null) return undefined;
  const [whole, first = "", second, sign = "%"] = found;
  const isPoints = /百分点|points?|pp/i.test(sign);
  const before = clause.slice(0, found.index);
  const hasVerb = UP.test(clause) || DOWN.test(clause);
  const saysLevel =
    STATES_LEVEL.test(before) &&
    !/(?:提高|提升|增长|增加|降低|下降|减少|缩短)\s*(?:了|约|超|达|近)*\s*(?:达到?)?\s*$/.test(
      before,
    );
  const magnitude = Number(first.replaceAll(",", ""));
  const op = operatorOf(clause, found.index, whole, second !== undefined);
  if (
    !isPoints &&
    (kpi.valueKind === "level" || (saysLevel && !hasVerb) || /(?:至|到|达到|达)\s*$/.test(before))
  ) {
    return withDoubts(
      {
        kpi: kpi.code,
        valueKind: "level",
        value: magnitude,
        unit: "pct",
        op: op === "range" ? "eq" : op,
        doubts: [],
      },
      kpi,
      [],
    );
  }
  const doubts: OutcomeDoubt[] = [];
  const asPoints = isPoints || kpi.unit === "pp";
  if (!isPoints && kpi.unit === "pp") doubts.push("percent_or_points");
  const direction = directionOf(kpi, clause, doubts);
  const signed = (text: string) => round(direction * Number(text.replaceAll(",", "")));
  const claim: ParsedOutcome = {
    kpi: kpi.code,
    valueKind: asPoints ? "level_change" : "relative",
    value: signed(first),
    ...(second !== undefined && { valueMax: signed(second) }),
    unit: asPoints ? "pp" : "pct",
    op,
    doubts: [],
  };
  return withDoubts(claim, kpi, doubts);
}

/** 3倍: 提高3倍 adds three times, 提高到3倍 and 为原来的3倍 add two. */
function fromTimes(kpi: Kpi, clause: string): ParsedOutcome | undefined {
  const found = TIMES.exec(clause);
  const times = found?.[1] === undefined ? undefined : parseNumber(found[1])?.value;
  if (found === null || times === undefined || kpi.unit === "pp" || kpi.unit === "level")
    return undefined;
  const isTotal = /(?:到|至|为|是)\s*(?:原来|原|之前)?的?\s*$/.test(clause.slice(0, found.index));
  const doubts: OutcomeDoubt[] = ["multiple"];
  const direction = directionOf(kpi, clause, doubts);
  const change = (isTotal ? times - 1 : times) * 100;
  const op = operatorOf(clause, found.index, found[0], false);
  return withDoubts(
    {
      kpi: kpi.code,
      valueKind: "relative",
      value: round(direction * change),
      unit: "pct",
      op,
      doubts: [],
    },
    kpi,
    doubts,
  );
}

function fromMoney(kpi: Kpi, clause: string): ParsedOutcome | undefined {
  const found = MONEY.exec(clause);
  if (kpi.unit !== "cny_10k" || found === null) return undefined;
  const [whole, first = "", second, scale] = found;
  const amount = (text: string) =>
    round(Number(text.replaceAll(",", "")) * (scale === "亿" ? 10_000 : 1));
  const claim: ParsedOutcome = {
    kpi: kpi.code,
    valueKind: "absolute",
    value: amount(first),
    ...(second !== undefined && { valueMax: amount(second) }),
    unit: "cny_10k",
    op: operatorOf(clause, found.index, whole, second !== undefined),
    doubts: [],
  };
  return withDoubts(claim, kpi, []);
}

function fromGrade(kpi: Kpi, clause: string): ParsedOutcome | undefined {
  const found = LEVEL.exec(clause);
  const sign = found?.[1] ?? found?.[2];
  if (kpi.unit !== "level" || sign === undefined) return undefined;
  const value = /\d/.test(sign) ? Number(sign) : "一二三四五".indexOf(sign) + 1;
  return { kpi: kpi.code, valueKind: "level", value, unit: "level", op: "eq", doubts: [] };
}

/** Sign of an improvement of this effect; adds a doubt where the verb says the opposite. */
function directionOf(kpi: Kpi, clause: string, doubts: OutcomeDoubt[]): 1 | -1 {
  const goesUp = UP.test(clause);
  const goesDown = DOWN.test(clause);
  if (kpi.better === "neutral") return goesDown && !goesUp ? -1 : 1;
  const better = kpi.better === "up" ? 1 : -1;
  if (goesUp !== goesDown && (goesUp ? 1 : -1) !== better) doubts.push("direction_contradicts");
  return better;
}

function operatorOf(clause: string, at: number, whole: string, isRange: boolean): Operator {
  if (isRange) return "range";
  const before = clause.slice(Math.max(0, at - 6), at);
  const after = clause.slice(at + whole.length, at + whole.length + 4);
  // "At most" first, since 不超过 ends in 超过.
  const isMost =
    /^\s*(?:以下|以内|及以下)/.test(after) ||
    /(?:不超过|不高于|最多|至多|最高|≤|<|up to|most)\s*$/i.test(before);
  if (isMost) return "le";
  const isLeast =
    /^\s*(?:以上|及以上|多|余|\+|or more)/.test(after) ||
    /(?:超过|超|逾|不低于|不少于|至少|≥|>|over|least|than)\s*$/i.test(before);
  if (isLeast) return "ge";
  const isAbout =
    /^\s*(?:左右|上下)/.test(after) || /(?:约|近|大约|接近|about|nearly)\s*$/i.test(before);
  if (isAbout) return "approx";
  return "eq";
}

function withDoubts(
  claim: ParsedOutcome,
  kpi: Kpi,
  doubts: readonly OutcomeDoubt[],
): ParsedOutcome | undefined {
  const found: OutcomeDoubt[] = [...doubts];
  // Ranges of the registry are those of the kind that the effect is registered with.
  if (claim.valueKind === kpi.valueKind) {
    const values = claim.valueMax === undefined ? [claim.value] : [claim.value, claim.valueMax];
    const [low = -Infinity, high = Infinity] = kpi.hard ?? [];
    if (values.some((value) => value < low || value > high)) found.push("outside_hard");
    const [usualLow = 0, usualHigh = Infinity] = kpi.typical ?? [];
    if (values.some((value) => Math.abs(value) < usualLow || Math.abs(value) > usualHigh))
      found.push("outside_typical");
  }
  return finite({ ...claim, doubts: found });
}

/** The claim; undefined where a figure is too large for a number, or was divided by next to nothing. */
function finite(claim: ParsedOutcome): ParsedOutcome | undefined {
  const { value, valueMax = 0, before = 0, after = 0 } = claim;
  return [value, valueMax, before, after].every(Number.isFinite) ? claim : undefined;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
