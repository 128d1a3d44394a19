/**
 * Labels and bands of the shared vocabulary, for code that shows bodies and takes demands: about 80 kB compressed, so
 * load it when it is needed.
 *
 * @module
 */

export { COST_BANDS_CNY, hierarchyLabelOf } from "@tributary/proto";
export {
  ancestorsOf,
  type Concept,
  conceptOf,
  isSchemeName,
  type Kpi,
  kpiOf,
  type Language,
  labelOf,
  NATION,
  OPEN_SCHEMES,
  SCHEME_NAMES,
  type Scheme,
  type SchemeName,
  scheme,
  takesNewTerm,
} from "@tributary/proto/vocabulary";
