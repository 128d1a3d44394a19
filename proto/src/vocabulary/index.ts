/**
 * The shared vocabulary: code lists and schemes with labels in Chinese and English, and readers for the ways in which
 * people write codes, dates, amounts and effects. Pure; data below `data/`, its sources in `data/SOURCES.md`.
 *
 * @module
 */

export {
  type HeaderAliases,
  headerAliases,
  ignoredTitles,
  type PrivateColumn,
  privateTitles,
} from "./header-alias.ts";
export { type HubTerm, HubTerms, SHARED_TERMS } from "./hub-terms.ts";
export { isicOf } from "./industry-table.ts";
export { type Kpi, type KpiUnit, kpiConcepts, kpiGroups, kpiOf, type ValueKind } from "./kpi.ts";
export { ancestorsOf, type Match, type MatchReason, matchTerm } from "./match.ts";
export { type IndustryMatch, matchIndustry } from "./match-industry.ts";
export { matchRegion } from "./match-region.ts";
export {
  type DateOptions,
  type ParsedDate,
  type ParsedDateRange,
  parseDate,
  parseDateRange,
  parseQuarter,
  quarterOf,
} from "./parse-date.ts";
export { type MoneyUnit, moneyUnitOf, type ParsedMoney, parseMoney } from "./parse-money.ts";
export {
  type Operator,
  type ParsedNumber,
  parseChineseNumber,
  parseNumber,
} from "./parse-number.ts";
export {
  type OutcomeColumns,
  type OutcomeDoubt,
  outcomeOf,
  type ParsedOutcome,
  type ParsedOutcomes,
  parseOutcomes,
} from "./parse-outcome.ts";
export {
  type PolicyNumber,
  parsePolicyNumber,
  parseWebsite,
  parseYesNo,
  splitList,
} from "./parse-word.ts";
export {
  isRegionCode,
  NATION,
  type Region,
  type RegionLevel,
  regionTable,
} from "./region-table.ts";
export { typicalSystemsOf } from "./scenario.ts";
export {
  type Concept,
  conceptOf,
  isSchemeName,
  type Language,
  labelOf,
  OPEN_SCHEMES,
  SCHEME_NAMES,
  type Scheme,
  type SchemeName,
  scheme,
  takesNewTerm,
  VOCABULARY_VERSION,
} from "./scheme.ts";
export { type SizeBand, type SizeTable, sizeBandOf } from "./size-band.ts";
export { synonymGroups } from "./synonym.ts";
export { fold, tidy } from "./text.ts";
export {
  checkUscc,
  normaliseUscc,
  organisationCheckDigit,
  type UsccCheck,
  type UsccStatus,
  usccCheckDigit,
} from "./uscc.ts";
