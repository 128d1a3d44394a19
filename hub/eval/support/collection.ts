/**
 * Test collections in the layout of BEIR: JSON lines and tab-separated judgements.
 *
 * @module
 */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A document or a query. */
export interface CollectionText {
  readonly id: string;
  /** Empty for a query. */
  readonly title: string;
  readonly text: string;
}

/** All texts of one language, or of one collection that has only one. */
export interface Version {
  /** What the file's name says beside `corpus` or `queries`; "all" where it says nothing. */
  readonly name: string;
  readonly texts: readonly CollectionText[];
}

/** A test collection. */
export interface Collection {
  readonly corpora: readonly Version[];
  readonly queries: readonly Version[];
  /** Relevance above 0 of documents, by query and document. */
  readonly relevant: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** @throws {Error} if a file is missing or is not what its name says. */
export async function readCollection(folder: string): Promise<Collection> {
  const names = (await readdir(folder)).sort();
  const versions = (start: string) => readVersions(folder, names, start);
  const relevant = new Map<string, Map<string, number>>();
  for (const name of names.filter((name) => /^qrels.*\.tsv$/.test(name))) {
    for (const line of linesOf(await readFile(join(folder, name), "utf8"))) {
      const [query = "", document = "", relevance = ""] = line.split("\t");
      const grade = Number(relevance);
      if (Number.isNaN(grade) || grade <= 0) continue; // the header, or judged and not relevant
      const documents = relevant.get(query) ?? new Map<string, number>();
      documents.set(document, grade);
      relevant.set(query, documents);
    }
  }
  if (relevant.size === 0) throw new Error(`${folder} has no qrels*.tsv with relevant documents`);
  return { corpora: await versions("corpus"), queries: await versions("queries"), relevant };
}

/** Texts that say the same in several languages, one a text: those of all versions with the same id, if `wants` it. */
export function parallelTexts(
  versions: readonly Version[],
  wants: (id: string) => boolean,
): readonly string[] {
  const all = versions.flatMap(({ texts }) => texts).filter(({ id }) => wants(id));
  return [...Map.groupBy(all, ({ id }) => id).values()]
    .filter((texts) => texts.length > 1)
    .map((texts) => texts.map(({ title, text }) => `${title}\n${text}`).join("\n"));
}

async function readVersions(
  folder: string,
  names: readonly string[],
  start: string,
): Promise<readonly Version[]> {
  const versions: Version[] = [];
  for (const name of names.filter((name) => name.startsWith(start) && name.endsWith(".jsonl"))) {
    const texts = linesOf(await readFile(join(folder, name), "utf8")).map(textOf);
    versions.push({ name: /^[a-z]+[.\-_]?(.*)\.jsonl$/.exec(name)?.[1] || "all", texts });
  }
  if (versions.length === 0) throw new Error(`${folder} has no ${start}*.jsonl`);
  return shareIds(versions) ? versions : [{ name: "all", texts: versions.flatMap((v) => v.texts) }];
}

/** Versions in several languages have the same ids; parts of one collection do not. */
function shareIds(versions: readonly Version[]): boolean {
  const seen = new Set<string>();
  return versions.some(({ texts }) => {
    const isShared = texts.some(({ id }) => seen.has(id));
    for (const { id } of texts) seen.add(id);
    return isShared;
  });
}

function textOf(line: string): CollectionText {
  const { _id: id, title = "", text = "" } = JSON.parse(line) as Record<string, string>;
  if (typeof id !== "string") throw new Error(`a line has no _id: ${line.slice(0, 80)}`);
  return { id, title, text };
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== "");
}
