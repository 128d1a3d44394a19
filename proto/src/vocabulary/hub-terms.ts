/**
 * The shared vocabulary with what the curators of a hub changed in it, for whoever writes codes for that hub.
 *
 * @module
 */

import type { ChangedTerm } from "../curation/term.ts";
import { type Match, matchTerm, type TermIndex, termIndex } from "./match.ts";
import { type Concept, conceptOf, type SchemeName, scheme } from "./scheme.ts";

/** What a mapper needs to know of a term of a hub. */
export type HubTerm = Pick<
  ChangedTerm,
  "scheme" | "code" | "label" | "aliases" | "into" | "isDeprecated" | "successor"
>;

/** A vocabulary as one hub has it. */
export class HubTerms {
  /** Another one for other terms; empty where there are none. */
  readonly id: string;
  readonly #terms: ReadonlyMap<string, HubTerm>;
  readonly #indexes = new Map<SchemeName, TermIndex | undefined>();

  constructor(terms: readonly HubTerm[]) {
    this.id = terms.map(textOf).sort().join();
    this.#terms = new Map(terms.map((term) => [nameOf(term.scheme, term.code), term]));
  }

  /** Terms that are other than shared. */
  get count(): number {
    return this.#terms.size;
  }

  /** The concept as the hub has it, its further words included; undefined for a code that it does not know. */
  conceptOf(name: SchemeName, code: string): Concept | undefined {
    const shared = conceptOf(name, code);
    const term = this.#terms.get(nameOf(name, code));
    return term === undefined ? shared : conceptWith(term, shared);
  }

  /** As {@link matchTerm}, by the words of the hub too; a merged term is the one that it was merged into. */
  match(name: SchemeName, text: string): Match | undefined {
    if (!this.#indexes.has(name)) this.#indexes.set(name, this.#indexOf(name));
    const match = matchTerm(name, text, this.#indexes.get(name));
    const into = match && this.#terms.get(nameOf(name, match.code))?.into;
    return match && into ? { ...match, code: into } : match;
  }

  /** What the hub asks to be written instead of a code; an empty code for nothing. Undefined where the code is in use. */
  insteadOf(name: SchemeName, code: string): { readonly code: string } | undefined {
    const term = this.#terms.get(nameOf(name, code));
    if (term === undefined || (term.into === "" && !term.isDeprecated)) return undefined;
    return { code: term.into || term.successor };
  }

  /** Undefined where the scheme is as shared. */
  #indexOf(name: SchemeName): TermIndex | undefined {
    const own = [...this.#terms.values()].filter((term) => term.scheme === name);
    if (own.length === 0) return undefined;
    const shared = scheme(name).concepts.map(({ code }) => code);
    const codes = new Set([...shared, ...own.map(({ code }) => code)]);
    return termIndex([...codes].flatMap((code) => this.conceptOf(name, code) ?? []));
  }
}

/** The shared vocabulary as it is. */
export const SHARED_TERMS: HubTerms = new HubTerms([]);

function textOf({ scheme, code, label, aliases, into, isDeprecated, successor }: HubTerm): string {
  return JSON.stringify([scheme, code, label.zh, label.en, aliases, into, isDeprecated, successor]);
}

function nameOf(name: string, code: string): string {
  return `${name}/${code}`;
}

/** The hub's words come first, and those of the shared vocabulary still name the term. */
function conceptWith({ code, label, aliases }: HubTerm, shared: Concept | undefined): Concept {
  if (shared === undefined) return { code, ...label, aliases };
  const other = [shared.zh, shared.en].filter((word) => word !== label.zh && word !== label.en);
  return { ...shared, ...label, aliases: [...aliases, ...other, ...shared.aliases] };
}
