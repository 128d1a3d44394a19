/**
 * The vocabulary as curators changed it, and what a change would do.
 *
 * @module
 */

import {
  type ChangedTerm,
  type TermName,
  type TermPreview,
  type TermStatement,
  type TermsAnswer,
  termOfUrn,
  termStatement,
} from "@tributary/proto";
import {
  conceptOf,
  isSchemeName,
  OPEN_SCHEMES,
  type SchemeName,
  takesNewTerm,
  VOCABULARY_VERSION,
} from "@tributary/proto/vocabulary";
import { type FacetField, fieldOfScheme } from "../catalog/facet.ts";
import { isAddition, readTaxonomy, type Taxonomy } from "../catalog/taxonomy.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { invalidArgument } from "./decision-log.ts";
import type { QueryApi } from "./query.ts";
import type { CallContext } from "./rpc.ts";

export interface VocabularyApiOptions {
  readonly catalog: Pick<CatalogStore, "facts">;
  readonly search: QueryApi["search"];
}

interface PreviewTermRequest extends TermName {
  /** Labels and aliases that it would get. */
  readonly words: readonly string[];
}

/** Terms that are changed at once; every record that is described looks at them. */
const MAX_TERMS = 500;
const SAMPLE = 10;
/** Words of one preview. */
const MAX_WORDS = 22;

/** Schemes with a hierarchy are those of public standards, whose codes stand for territories and industries. */
const NOT_CHANGED: readonly SchemeName[] = ["region", "industry", "recordKind"];

export function createVocabularyApi({ catalog, search }: VocabularyApiOptions) {
  return {
    /** @throws {TributaryError} `ERR_ARGUMENT_INVALID` for a scheme that there is not. */
    async listTerms({ scheme }: { readonly scheme: string }): Promise<TermsAnswer> {
      if (scheme !== "") requireScheme(scheme);
      const taxonomy = await readTaxonomy(catalog);
      const terms = taxonomy.terms.filter((term) => scheme === "" || term.scheme === scheme);
      return { terms: terms.map((term) => viewOf(term, taxonomy)), version: versionOf(taxonomy) };
    },

    /**
     * Which shown records carry a term or a code that could become one, and which other terms of its scheme have one of the words.
     *
     * @throws {TributaryError} `ERR_ARGUMENT_INVALID` for a term that nobody may change or add.
     */
    async previewTerm(
      { scheme, code, words }: PreviewTermRequest,
      { signal }: Pick<CallContext, "signal">,
    ): Promise<TermPreview> {
      const term = requireTerm(scheme, code);
      if (words.length > MAX_WORDS) {
        throw invalidArgument(
          `a term has at most ${MAX_WORDS} words, not ${words.length}`,
          `词条最多 ${MAX_WORDS} 个词，收到 ${words.length} 个`,
        );
      }
      const found = await search(
        {
          query: "",
          filters: [{ field: term.field, values: [code] }],
          pageSize: SAMPLE,
          pageToken: "",
          sort: "newest",
          explain: false,
          facets: ["center"],
        },
        { type: "operator" },
        signal,
      );
      return {
        records: found.total,
        centers: found.facets[0]?.values ?? [],
        sample: found.hits.map(({ record }) => record),
        clashes: clashesOf(term.scheme, code, words, await readTaxonomy(catalog)),
      };
    },
  };
}

/**
 * Checks a decision `term` before it is logged.
 *
 * @throws {TributaryError} `ERR_STATEMENT_MALFORMED`; `ERR_ARGUMENT_INVALID` for a term that nobody may change, for a new one
 * without labels or the wider term that its scheme asks for, for one that would be merged into itself, into one that is merged,
 * or although others are merged into it, and for a successor that is none.
 */
export async function requireTermChange(
  catalog: Pick<CatalogStore, "facts">,
  argument: string,
  subjects: readonly string[],
): Promise<void> {
  const name = subjects.length === 1 ? termOfUrn(subjects[0] ?? "") : undefined;
  if (name === undefined) {
    throw invalidArgument(
      "term is about one term: write urn:dth-term:<scheme>:<code>",
      "term 只涉及一个词条，请写 urn:dth-term:<词表>:<代码>",
    );
  }
  const { scheme } = requireTerm(name.scheme, name.code);
  const statement = termStatement.decode(argument);
  const { into } = statement;
  requireLabels(scheme, name.code, statement);
  const taxonomy = await readTaxonomy(catalog);
  requireOneSpelling(scheme, name.code, taxonomy);
  const { terms } = taxonomy;
  const isKnown = terms.some((term) => term.scheme === scheme && term.code === name.code);
  if (!isKnown && terms.length >= MAX_TERMS) {
    throw invalidArgument(
      `a hub changes at most ${MAX_TERMS} terms`,
      `枢纽最多改动 ${MAX_TERMS} 个词条`,
    );
  }
  requireSuccessor(scheme, name.code, statement, taxonomy);
  if (into === "") return;
  const others = terms.filter((term) => term.scheme === scheme && term.into !== "");
  const isChain =
    others.some((term) => term.code === into) || others.some((term) => term.into === name.code);
  if (into === name.code || !taxonomy.mayMerge(scheme, name.code, into) || isChain) {
    throw invalidArgument(
      `${name.code} cannot be merged into ${into}: that is no other term of ${scheme}, one of both has been merged already, only the latter is this hub's own, or they are measured otherwise`,
      `${name.code} 不能并入 ${into}：后者不是 ${scheme} 的其他词条、其中之一已参与合并、仅后者为本枢纽自有，或两者计量方式不同`,
    );
  }
}

/** A new term says what it is; of one that all hubs have, the shared vocabulary says where it stands. */
function requireLabels(scheme: SchemeName, code: string, statement: TermStatement): void {
  const isShared = conceptOf(scheme, code) !== undefined;
  if (isShared && statement.broader === undefined) return;
  if (isShared) {
    throw invalidArgument(
      `${scheme} ${code} is a shared term: its wider term stays what it is`,
      `${scheme} ${code} 是共享词条，上级不可改动`,
    );
  }
  if (isAddition({ scheme, code }, statement)) return;
  const wider = OPEN_SCHEMES[scheme]?.broader;
  throw invalidArgument(
    wider === undefined
      ? `the new term ${scheme} ${code} needs labels in Chinese and English, and has no wider term`
      : `the new term ${scheme} ${code} needs labels in Chinese and English and a wider term of ${wider}`,
    wider === undefined
      ? `新词条 ${scheme} ${code} 须有中英文标签，且没有上级`
      : `新词条 ${scheme} ${code} 须有中英文标签和 ${wider} 中的上级`,
  );
}

/** Who writes MES means mes. */
function requireOneSpelling(scheme: SchemeName, code: string, taxonomy: Taxonomy): void {
  const same = taxonomy
    .conceptsOf(scheme)
    .filter((concept) => concept.code.toLowerCase() === code.toLowerCase());
  const [other] = same;
  if (other === undefined || same.some((concept) => concept.code === code)) return;
  throw invalidArgument(
    `${scheme} has ${other.code} already, which differs from ${code} in nothing but case`,
    `${scheme} 已有 ${other.code}，与 ${code} 仅大小写不同`,
  );
}

function requireSuccessor(
  scheme: SchemeName,
  code: string,
  { deprecated }: TermStatement,
  taxonomy: Taxonomy,
): void {
  const successor = deprecated?.successor ?? "";
  if (successor === "") return;
  const isInUse =
    taxonomy.conceptOf(scheme, successor) !== undefined &&
    !taxonomy.terms.some(
      (term) =>
        term.scheme === scheme &&
        term.code === successor &&
        (term.into !== "" || term.deprecated !== undefined),
    );
  if (successor !== code && isInUse) return;
  throw invalidArgument(
    `${successor} cannot follow ${code}: it is no other term of ${scheme} that is in use`,
    `${successor} 不能作为 ${code} 的后继：它不是 ${scheme} 中其他在用的词条`,
  );
}

/** A term that curators may change or add, and the field of records that carry it. */
function requireTerm(
  scheme: string,
  code: string,
): { readonly scheme: SchemeName; readonly field: FacetField } {
  const name = requireScheme(scheme);
  const field = NOT_CHANGED.includes(name) ? undefined : fieldOfScheme(name);
  const isKnown = conceptOf(name, code) !== undefined;
  if (field !== undefined && (isKnown || takesNewTerm(name, code))) {
    return { scheme: name, field };
  }
  throw invalidArgument(
    `${scheme} ${code} is no term that can be changed or added here`,
    `${scheme} ${code} 不是可改动或新增的词条`,
  );
}

function requireScheme(scheme: string): SchemeName {
  if (isSchemeName(scheme)) return scheme;
  throw invalidArgument(
    `there is no scheme ${JSON.stringify(scheme)}`,
    `没有词表 ${JSON.stringify(scheme)}`,
  );
}

function viewOf(term: Taxonomy["terms"][number], taxonomy: Taxonomy): ChangedTerm {
  const { scheme, code, zh: _zh, en: _en, broader = "", deprecated, ...said } = term;
  const known = conceptOf(scheme, code);
  const shared = { zh: known?.zh ?? "", en: known?.en ?? "" };
  const label = {
    zh: taxonomy.labelOf(scheme, code, "zh") ?? shared.zh,
    en: taxonomy.labelOf(scheme, code, "en") ?? shared.en,
  };
  return {
    ...{ scheme, code, label, shared, ...said },
    broader: known === undefined ? broader : "",
    isDeprecated: deprecated !== undefined,
    successor: deprecated?.successor ?? "",
  };
}

function versionOf({ terms }: Taxonomy): string {
  const newest = Math.max(-1, ...terms.map(({ position }) => position));
  return newest < 0 ? VOCABULARY_VERSION : `${VOCABULARY_VERSION}+${newest}`;
}

function clashesOf(
  name: SchemeName,
  code: string,
  words: readonly string[],
  taxonomy: Taxonomy,
): TermPreview["clashes"] {
  const wanted = new Map(words.map((word) => [word.toLowerCase(), word]));
  return taxonomy
    .conceptsOf(name)
    .filter((concept) => concept.code !== code)
    .flatMap((concept) => {
      const { zh, en, aliases } = concept;
      const own = [concept.code, zh, en, ...aliases, ...taxonomy.wordsOf(name, concept.code)];
      const taken = own.map((word) => wanted.get(word.toLowerCase()));
      const clashing = new Set(taken.filter((word) => word !== undefined));
      return [...clashing].map((word) => ({ word, code: concept.code }));
    });
}
