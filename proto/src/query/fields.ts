/**
 * What a query may name, and how long its texts may be.
 *
 * @module
 */

/** Fields that can be filtered and counted. */
export const FACET_FIELDS = [
  "kind",
  "center",
  "center_type",
  "region",
  "industry",
  "scenario",
  "system",
  "provider_type",
  "size_band",
  "kpi",
  "service",
  "policy_level",
  "policy_status",
  "event_type",
  "year",
  "language",
  "license",
  "label",
  "state",
] as const;

/** Longest query text, in UTF-16 code units. */
export const MAX_QUERY_LENGTH = 1024;
/** Longest text that records are compared with, in UTF-16 code units. */
export const MAX_SIMILAR_LENGTH = 4096;
/** Longest prefix of a suggestion, in UTF-16 code units. */
export const MAX_PREFIX_LENGTH = 64;
