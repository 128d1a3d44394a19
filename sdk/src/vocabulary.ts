/**
 * Labels of the shared vocabulary, for code that shows bodies: about 80 kB compressed, so load it when it is needed.
 *
 * @module
 */

export {
  type Concept,
  conceptOf,
  isSchemeName,
  type Language,
  labelOf,
  SCHEME_NAMES,
  type Scheme,
  type SchemeName,
  scheme,
} from "@tributary/proto/vocabulary";
