/**
 * A long run of changes to an index, each known by its number, and what the index holds after them.
 *
 * @module
 */

import type { Generation } from "../../src/index/generation.ts";
import { isDeleted } from "../../src/index/segment/deletes.ts";
import { createTextUnits, unitsToText } from "../../src/index/segment/text-units.ts";
import type { IndexChange, IndexDocument } from "../../src/ports/search-index.ts";

const NEW_DOCS = 500;
const REWRITTEN = 20;
const DELETED = 10;

/** The change that leads from position `number` to the next: new documents, newer versions of old ones, deletions. */
export function changeAt(number: number): IndexChange {
  const old = number * NEW_DOCS;
  const keys = Array.from({ length: NEW_DOCS }, (_, i) => old + i);
  const someOld = (count: number, step: number) =>
    old === 0 ? [] : Array.from({ length: count }, (_, i) => (number * 37 + i * step) % old);
  const deleted = new Set(someOld(DELETED, 101));
  const rewritten = new Set(someOld(REWRITTEN, 53)).difference(deleted);
  return {
    upserts: [...keys, ...rewritten].map((key) => documentOf(key, number)),
    deletes: [...deleted].map((key) => documentOf(key, number).ref),
    position: number + 1,
  };
}

/** Titles by key after the changes below `position`. */
export function expectedAt(position: number): ReadonlyMap<string, string> {
  const titles = new Map<string, string>();
  for (let number = 0; number < position; number++) {
    const { upserts, deletes } = changeAt(number);
    for (const { key } of deletes) titles.delete(key);
    for (const { ref, text } of upserts) titles.set(ref.key, text.title);
  }
  return titles;
}

/** Titles by key that a generation holds. @throws {Error} if a key is there twice. */
export function titlesOf({ segments }: Generation): ReadonlyMap<string, string> {
  const titles = new Map<string, string>();
  const texts = createTextUnits();
  for (const { segment, deletes } of segments) {
    for (let doc = 0; doc < segment.docs; doc++) {
      if (isDeleted(deletes, doc)) continue;
      const { key } = segment.ref(doc);
      if (titles.has(key)) throw new Error(`${key} is there twice`);
      segment.readTexts(doc, texts);
      titles.set(key, unitsToText(texts.units, 0, texts.ends[0] as number));
    }
  }
  return titles;
}

function documentOf(key: number, version: number): IndexDocument {
  return {
    ref: { centerId: "tongling", kind: "case", key: String(key) },
    text: { title: `设备 ${key} 第 ${version} 版`, tags: "", summary: "", body: "" },
    facets: {},
    visibility: "public",
    visibleTo: [],
    receivedAtMs: version,
    validUntilMs: undefined,
  };
}
