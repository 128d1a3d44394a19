/**
 * The 40 scenarios of the reference guide of 2025 (智能制造典型场景参考指引) and their eight stages.
 *
 * @module
 */

import data from "./data/scenarios.json" with { type: "json" };
import type { Concept } from "./scheme.ts";

type Row = [string, string, string, string, string[], string[]];

/** S01 to S40; the wider concept is the stage. */
export function scenarioConcepts(): readonly Concept[] {
  return (data.concepts as Row[]).map(([code, broader, zh, en, aliases]) => ({
    code,
    zh,
    en,
    aliases,
    broader,
  }));
}

/** A to H. */
export function scenarioStageConcepts(): readonly Concept[] {
  return (data.stages as [string, string, string][]).map(([code, zh, en]) => ({
    code,
    zh,
    en,
    aliases: [],
  }));
}

/** Systems that the scenario is typically built with, as written in the guide; empty for an unknown code. */
export function typicalSystemsOf(scenario: string): readonly string[] {
  return (data.concepts as Row[]).find(([code]) => code === scenario)?.[5] ?? [];
}
