/**
 * What a person reads for the codes of facets and bodies. Answers bring the labels of their facets; the vocabulary is
 * loaded when a record needs it.
 *
 * @module
 */

import type { Facet } from "@tributary/sdk";
import type { SchemeName } from "@tributary/sdk/vocabulary";
import type { Language } from "./choose-language.ts";
import { FACET_LABELS, FACET_SCHEMES } from "./record-fields.ts";

type Vocabulary = typeof import("@tributary/sdk/vocabulary");

export class Labels {
  readonly #learned = new Map<string, { readonly zh: string; readonly en: string }>();
  #vocabulary: Vocabulary | undefined;

  /** Remembers the labels of an answer's facets. */
  learn(facets: readonly Facet[]): void {
    for (const { field, values } of facets) {
      for (const { value, labelZh, labelEn } of values) {
        this.#learned.set(`${field}:${value}`, { zh: labelZh || value, en: labelEn || value });
      }
    }
  }

  /** Loads the vocabulary; at once where it is loaded. */
  async load(): Promise<void> {
    this.#vocabulary ??= await import("@tributary/sdk/vocabulary");
  }

  get isLoaded(): boolean {
    return this.#vocabulary !== undefined;
  }

  /** The vocabulary; only after {@link load}. */
  get vocabulary(): Vocabulary {
    if (this.#vocabulary === undefined) throw new TypeError("the vocabulary is not loaded");
    return this.#vocabulary;
  }

  /** True if the value of a facet field has a label without the vocabulary, or needs none. */
  knows(field: string, value: string): boolean {
    return this.#learned.has(`${field}:${value}`) || FACET_SCHEMES[field] === undefined;
  }

  /** The name of a facet field. */
  facet(field: string, language: Language): string {
    return FACET_LABELS[field]?.[language] ?? field;
  }

  /** A value of a facet field; the code itself where nothing better is known yet. */
  value(field: string, value: string, language: Language): string {
    const learned = this.#learned.get(`${field}:${value}`)?.[language];
    if (learned !== undefined) return learned;
    const scheme = FACET_SCHEMES[field];
    return scheme === undefined ? value : this.code(scheme, value, language);
  }

  /** A code of a scheme; the code itself where the vocabulary is not loaded or does not have it. */
  code(scheme: SchemeName, code: string, language: Language): string {
    return this.#vocabulary?.labelOf(scheme, code, language) ?? code;
  }
}
