/**
 * The part of the shared vocabulary that people search by.
 *
 * @module
 */

import {
  type Concept,
  kpiConcepts,
  type SchemeName,
  scheme,
  synonymGroups,
} from "@tributary/proto/vocabulary";

/** Schemes whose labels and aliases name things. The aliases of others are too loose to search by. */
const TOPICS: readonly SchemeName[] = [
  "systemType",
  "scenario",
  "scenarioStage",
  "serviceType",
  "providerType",
  "recordKind",
];

/** Concepts whose aliases are search words too. */
export function topicConcepts(): readonly Concept[] {
  return [...TOPICS.flatMap((name) => scheme(name).concepts), ...kpiConcepts()];
}

/** Provinces, with their names in both languages. */
export function provinces(): readonly Concept[] {
  return scheme("region").concepts.filter(({ code }) => code.endsWith("0000"));
}

/** Each label once: of topics and industries, of their aliases, of synonyms and of provinces. */
export function searchLabels(): string[] {
  const labels = [
    ...topicConcepts().flatMap(({ zh, en, aliases }) => [zh, en, ...aliases]),
    ...scheme("industry").concepts.flatMap(({ zh, en }) => [zh, en]),
    ...provinces().flatMap(({ zh, en }) => [zh, en]),
    ...synonymGroups().flat(),
  ];
  return [...new Set(labels)].filter((label) => [...label].length > 1);
}
