/**
 * SQLite FTS5 doing what the index does, for the benchmark to stand beside it: the same terms, so that the same documents
 * match; the same filters, disjunctive counts and audience, in SQL; the best 20 with their texts marked; where no
 * document has all words, those that have any.
 *
 * What it is spared: corrections of words that nothing has; single characters, which only questions ask for; the provinces
 * of regions; synonyms in questions.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import type { FieldFilter } from "@tributary/proto";
import type { Analyzer } from "../../src/index/analysis/analyzer.ts";
import { parseQuery } from "../../src/index/query/parse.ts";
import { planQuery } from "../../src/index/query/plan.ts";
import type { IndexDocument } from "../../src/ports/search-index.ts";
import { cutWords } from "./cut-words.ts";
import { FACETS } from "./search-corpus.ts";

export interface Fts5Answer {
  readonly total: number;
  readonly hits: readonly { readonly id: number; readonly marked: string }[];
  readonly facets: Readonly<Record<string, readonly unknown[]>>;
}

/** Characters beside letters and digits that a term can have. */
const TERM_CHARACTERS = "-_./+#&@";

/** A table of documents and their terms in a file. */
export class Fts5 implements Disposable {
  readonly #db: DatabaseSync;
  readonly #analyzer: Analyzer;
  readonly #insertText;
  readonly #insertDoc;
  readonly #insertSource;

  constructor(file: string, analyzer: Analyzer) {
    this.#analyzer = analyzer;
    this.#db = new DatabaseSync(file);
    const columns = FACETS.map((name) => `${name} TEXT`).join(", ");
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA mmap_size = 2000000000;
      CREATE VIRTUAL TABLE texts USING fts5(title, tags, body, content='', tokenize="unicode61 tokenchars '${TERM_CHARACTERS}'");
      CREATE TABLE docs (id INTEGER PRIMARY KEY, ${columns}, visibility TEXT);
      CREATE TABLE sources (id INTEGER PRIMARY KEY, title TEXT, body TEXT)`);
    this.#insertText = this.#db.prepare(
      "INSERT INTO texts(rowid, title, tags, body) VALUES (?, ?, ?, ?)",
    );
    const places = FACETS.map(() => "?").join(", ");
    this.#insertDoc = this.#db.prepare(`INSERT INTO docs VALUES (?, ${places}, ?)`);
    this.#insertSource = this.#db.prepare("INSERT INTO sources VALUES (?, ?, ?)");
  }

  /** Adds documents, numbered from `from` on, in one transaction. */
  add(documents: readonly IndexDocument[], from: number): void {
    this.#db.exec("BEGIN");
    documents.forEach(({ text, facets, visibility }, i) => {
      const [title, tags, body] = [text.title, text.tags, text.body].map((t) => this.#termsOf(t));
      this.#insertText.run(from + i, title as string, tags as string, body as string);
      const values = FACETS.map((name) => facets[name]?.at(-1) ?? null);
      this.#insertDoc.run(from + i, ...values, visibility);
      this.#insertSource.run(from + i, text.title, text.body);
    });
    this.#db.exec("COMMIT");
  }

  /** Merges what was added into one b-tree. */
  optimize(): void {
    this.#db.exec("INSERT INTO texts(texts) VALUES ('optimize')");
  }

  /** A search with these filters. A document must have what the index requires it to have; of a question, any word. */
  searcher(filters: readonly FieldFilter[]): (text: string, isQuestion: boolean) => Fts5Answer {
    const passes = filters.map(
      ({ field, values }) => `${field} IN (${values.map((value) => `'${value}'`).join(", ")})`,
    );
    const all = passes.join(" AND ");
    this.#db.exec(`CREATE TEMP TABLE hits (id INTEGER PRIMARY KEY, score REAL)`);
    const clear = this.#db.prepare("DELETE FROM hits");
    const fill = this.#db.prepare(`INSERT INTO hits
      SELECT texts.rowid, CASE WHEN ${all} THEN bm25(texts, 3.0, 2.5, 1.0) END
      FROM texts CROSS JOIN docs ON docs.id = texts.rowid
      WHERE texts MATCH ? AND visibility = 'public' AND (${passes.join(" OR ")})`);
    const total = this.#db.prepare("SELECT count(score) AS total FROM hits");
    const top = this.#db.prepare(`SELECT id, title, body FROM
      (SELECT id, score FROM hits WHERE score IS NOT NULL ORDER BY score, id LIMIT 20) CROSS JOIN sources USING (id)`);
    // A field's counts leave out the filter on it.
    const counts = FACETS.map((name) => {
      const others = passes.filter((_, i) => filters[i]?.field !== name).join(" AND ");
      const statement = this.#db.prepare(
        `SELECT ${name}, count(*) AS n FROM hits CROSS JOIN docs USING (id) WHERE ${others} GROUP BY ${name} ORDER BY n DESC LIMIT 100`,
      );
      return { name, statement };
    });
    const find = (terms: string) => {
      clear.run();
      fill.run(terms);
      return total.get()?.["total"] as number;
    };
    return (text, isQuestion) => {
      const words = this.#words(text);
      const any = words.map(quoted).join(" OR ");
      const withAll = isQuestion ? 0 : find(this.#required(text));
      const found = withAll > 0 ? withAll : find(any);
      const hits = top.all().map(({ id, title, body }) => ({
        id: id as number,
        marked: `${mark(title as string, words)}\n${mark(windowOf(body as string, words), words)}`,
      }));
      const facets = counts.map(({ name, statement }) => [name, statement.all()]);
      return { total: found, hits, facets: Object.fromEntries(facets) };
    };
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  #termsOf(text: string): string {
    const tokens = this.#analyzer.tokens(text);
    const terms = tokens.filter(({ kind }) => kind !== "unigram").map(({ term }) => term);
    return terms.join(" ");
  }

  /** Words of two characters at least. */
  #words(text: string): string[] {
    return cutWords(text, this.#analyzer)
      .filter(({ length }) => length > 1)
      .map(({ word }) => word);
  }

  /** What the index requires of a document that matches. */
  #required(text: string): string {
    const { units } = planQuery(parseQuery(text), [], this.#analyzer);
    return units
      .map(({ alternatives }) => {
        const ways = alternatives.map(
          (terms) => `(${terms.map(({ text: term }) => quoted(term)).join(" AND ")})`,
        );
        return `(${ways.join(" OR ")})`;
      })
      .join(" AND ");
  }
}

function quoted(term: string): string {
  return `"${term}"`;
}

/** 80 characters from a little before the first word on. */
function windowOf(text: string, words: readonly string[]): string {
  const places = words.map((word) => text.indexOf(word)).filter((at) => at !== -1);
  const from = Math.max(0, Math.min(...places, text.length) - 16);
  return text.slice(from, from + 80);
}

function mark(text: string, words: readonly string[]): string {
  return words.reduce((marked, word) => marked.replaceAll(word, `<mark>${word}</mark>`), text);
}
