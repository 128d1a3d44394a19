/**
 * The vocabulary as curators changed it: labels, further words, new terms, and terms that were merged into others.
 *
 * A pure function of what the catalog keeps of terms. Codes in records stay what they are; what is read, counted and
 * filtered by is the code that a term was merged into.
 *
 * @module
 */

import { fromUtf8, type TermName, type TermStatement, utf8 } from "@tributary/proto";
import {
  type Concept,
  conceptOf,
  kpiOf,
  type Language,
  OPEN_SCHEMES,
  type SchemeName,
  scheme as schemeNamed,
  takesNewTerm,
} from "@tributary/proto/vocabulary";
import type { CatalogStore } from "../ports/catalog-store.ts";

/** What stands of a term. */
export interface TermFact extends TermName, TermStatement {
  readonly scheme: SchemeName;
  readonly actor: string;
  readonly reason: string;
  /** Position in the log of the decision. */
  readonly position: number;
  /** Ms since the epoch. */
  readonly decidedAtMs: number;
}

const TERM_FACTS = "term/";

/** Names the fact of a term; there is none where the term is as in the shared vocabulary. */
export function termFactName({ scheme, code }: TermName): string {
  return `${TERM_FACTS}${scheme}/${code}`;
}

/** The fact's one encoding. */
export function encodeTermFact(fact: TermFact): Uint8Array {
  const { scheme, code, zh, en, aliases, into, broader, deprecated } = fact;
  const { actor, reason, position, decidedAtMs } = fact;
  const said = { zh, en, aliases, into, actor, reason, position, decidedAtMs };
  return utf8(JSON.stringify({ scheme, code, ...said, broader, deprecated }));
}

/** True if the statement makes a term of a code that the shared vocabulary does not have. */
export function isAddition(
  name: Pick<TermFact, "scheme" | "code">,
  { zh, en, broader }: TermStatement,
): boolean {
  const open = OPEN_SCHEMES[name.scheme];
  if (open === undefined || !takesNewTerm(name.scheme, name.code) || zh === "" || en === "")
    return false;
  return open.broader === undefined
    ? broader === undefined
    : broader !== undefined && conceptOf(open.broader, broader) !== undefined;
}

export class Taxonomy {
  /** Ascending by scheme and code. */
  readonly terms: readonly TermFact[];
  readonly #byName: ReadonlyMap<string, TermFact>;
  /** Words of a term beside those of the shared vocabulary, by its name. */
  readonly #words = new Map<string, readonly string[]>();

  constructor(terms: readonly TermFact[]) {
    this.terms = terms;
    this.#byName = new Map(terms.map((term) => [termFactName(term), term]));
    for (const term of terms) {
      const { scheme } = term;
      const { zh, en, aliases } = term;
      const code = this.codeOf(scheme, term.code);
      const shared = code === term.code ? undefined : conceptOf(scheme, term.code);
      const words = [zh, en, ...aliases, shared?.zh ?? "", shared?.en ?? ""];
      const name = termFactName({ scheme, code });
      const known = this.#words.get(name) ?? [];
      const all = [...known, ...words.filter((word) => word !== "")];
      this.#words.set(name, [...new Set(all)]);
    }
  }

  /** The code that a code is read as: that of the term that it was merged into, or itself. */
  codeOf(scheme: SchemeName, code: string): string {
    const seen = new Set<string>();
    for (let at = code; ; ) {
      const into = this.#byName.get(termFactName({ scheme, code: at }))?.into;
      if (into === undefined || into === "") return at;
      if (!this.mayMerge(scheme, at, into)) return at;
      seen.add(at);
      // Terms that lead to each other, as an undo can leave them, lead nowhere.
      if (seen.has(into)) return code;
      at = into;
    }
  }

  /**
   * Whether a term can be read as another: one that is there, and for a shared term a shared one, since evidence is counted by
   * codes that every hub reads alike. Of effects only those that are measured alike.
   */
  mayMerge(scheme: SchemeName, code: string, into: string): boolean {
    if (conceptOf(scheme, code) === undefined) return this.conceptOf(scheme, into) !== undefined;
    if (scheme === "kpi") return measureOf(code) === measureOf(into);
    return conceptOf(scheme, into) !== undefined;
  }

  /** Words of a term beside those of the shared vocabulary, those of terms that were merged into it included. */
  wordsOf(scheme: SchemeName, code: string): readonly string[] {
    return this.#words.get(termFactName({ scheme, code })) ?? [];
  }

  /** A term as the shared vocabulary or curators have it; undefined for a code that neither has. */
  conceptOf(scheme: SchemeName, code: string): Concept | undefined {
    const shared = conceptOf(scheme, code);
    const added = shared ?? this.#byName.get(termFactName({ scheme, code }));
    if (shared !== undefined || added === undefined) return shared;
    const { zh, en, aliases, broader } = added;
    return { code, zh, en, aliases, ...(broader !== undefined && { broader }) };
  }

  /** All terms of a scheme, those that were added last. */
  conceptsOf(scheme: SchemeName): readonly Concept[] {
    const added = this.terms
      .filter((term) => term.scheme === scheme && conceptOf(scheme, term.code) === undefined)
      .flatMap(({ code }) => this.conceptOf(scheme, code) ?? []);
    return [...schemeNamed(scheme).concepts, ...added];
  }

  /** The label that curators gave; undefined where they gave none. */
  labelOf(scheme: SchemeName, code: string, language: Language): string | undefined {
    return this.#byName.get(termFactName({ scheme, code }))?.[language] || undefined;
  }
}

/** How an effect is measured; empty for none. */
function measureOf(code: string): string {
  const { unit, valueKind, better } = kpiOf(code) ?? {};
  return [unit, valueKind, better].join(" ");
}

/** The shared vocabulary as it is. */
export const SHARED_TAXONOMY: Taxonomy = new Taxonomy([]);

/** Reads the changes that stand. @param catalog May give facts in any order. */
export async function readTaxonomy(catalog: Pick<CatalogStore, "facts">): Promise<Taxonomy> {
  const facts = await Array.fromAsync(catalog.facts(TERM_FACTS));
  if (facts.length === 0) return SHARED_TAXONOMY;
  facts.sort(([a], [b]) => (a < b ? -1 : 1));
  return new Taxonomy(facts.map(([, value]) => JSON.parse(fromUtf8(value)) as TermFact));
}
