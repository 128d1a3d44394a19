import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteWriter } from "./bytes.ts";
import { openList, PostingCursor } from "./posting-cursor.ts";
import { BLOCK, END, PLAIN, PostingsReader, PostingsWriter, readPostings } from "./postings.ts";

interface Posting {
  readonly doc: number;
  readonly counts: number;
}

const counts = fc.oneof(
  fc.constant(PLAIN),
  fc
    .tuple(...[0, 1, 2, 3].map(() => fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 }))))
    .map(([a = 0, b = 0, c = 0, d = 1]) => (a | (b << 8) | (c << 16) | (d << 24)) >>> 0 || PLAIN),
);

/** Lists of all sizes around the block size, with small and large gaps, and dense ones, whose blocks have bits. */
const postings = fc
  .oneof(...[2, 6, 40, 40_000].map((max) => fc.integer({ min: 1, max })))
  .chain((most) =>
    fc.array(fc.tuple(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: most })), counts), {
      minLength: 1,
      maxLength: 3 * BLOCK + 2,
      size: "max",
    }),
  )
  .map((steps) => {
    let doc = -1;
    return steps.map(([gap, count]): Posting => {
      doc += gap;
      return { doc, counts: count };
    });
  });

function encode(list: readonly Posting[], before = 0): PostingsReader {
  const out = new ByteWriter(1);
  for (let i = 0; i < before; i++) out.byte(i);
  new PostingsWriter(out, new ByteWriter(1), new ByteWriter(1)).write(
    Uint32Array.from([0, ...list.map(({ doc }) => doc)]),
    Uint32Array.from([0, ...list.map((posting) => posting.counts)]),
    1,
    list.length,
  );
  return new PostingsReader(out.written(), before);
}

function cursorOf(list: readonly Posting[]): PostingCursor {
  const reader = encode(list);
  return new PostingCursor(openList(reader), reader);
}

describe("postings", () => {
  test("are read as they were written, for any list", () => {
    fc.assert(
      fc.property(postings, fc.integer({ min: 0, max: 9 }), (list, before) => {
        const reader = encode(list, before);
        const df = reader.varint();
        const docs = new Uint32Array(df);
        const found = new Uint32Array(df);
        readPostings(reader, df, docs, found);
        expect([...docs]).toEqual(list.map(({ doc }) => doc));
        expect([...found]).toEqual(list.map((posting) => posting.counts));
      }),
      { numRuns: 300 },
    );
  });

  test("are walked by next, for any list", () => {
    fc.assert(
      fc.property(postings, (list) => {
        const cursor = cursorOf(list);
        for (const { doc, counts: wanted } of list) {
          expect(cursor.next()).toBe(doc);
          expect(cursor.counts).toBe(wanted);
        }
        expect(cursor.next()).toBe(END);
      }),
    );
  });

  test("are found by advance, for any list and targets", () => {
    const targets = fc.array(fc.integer({ min: 0, max: 4_000_000 }), { maxLength: 40 });
    fc.assert(
      fc.property(postings, targets, (list, wanted) => {
        const cursor = cursorOf(list);
        expect(cursor.df).toBe(list.length);
        const inList = list.filter((_, i) => i % 17 === 0).map(({ doc }) => doc);
        for (const target of [...wanted, ...inList].sort((a, b) => a - b)) {
          const expected = list.find(({ doc }) => doc >= target);
          expect(cursor.advance(target)).toBe(expected?.doc ?? END);
          if (expected !== undefined) expect(cursor.counts).toBe(expected.counts);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("are found by retain, for any list and batches of targets", () => {
    // Without others, all that is looked for is in the list.
    const targets = fc.oneof(
      fc.constant([]),
      fc.uniqueArray(fc.integer({ min: 0, max: 4_000_000 }), { maxLength: 40 }),
    );
    fc.assert(
      fc.property(postings, targets, fc.integer({ min: 1, max: 300 }), (list, others, size) => {
        const cursor = cursorOf(list);
        const { df } = cursor;
        const some = list.filter((_, i) => i % 3 !== 1).map(({ doc }) => doc);
        const near = others.length === 0 ? [] : some.map((doc) => doc + 1);
        const wanted = [...new Set([...others, ...some, ...near])].sort((a, b) => a - b);
        const counted = new Map(list.map((posting) => [posting.doc, posting.counts]));
        for (let from = 0; from < wanted.length; from += size) {
          const batch = wanted.slice(from, from + size);
          const ofKept = from % 2 === 0 ? new Uint32Array(size) : undefined;
          const docs = Uint32Array.from(batch);
          const kept = cursor.retain(docs, batch.length, ofKept);
          const expected = batch.filter((doc) => counted.has(doc));
          expect([...docs.subarray(0, kept)]).toEqual(expected);
          if (ofKept === undefined) continue;
          expect([...ofKept.subarray(0, kept)]).toEqual(expected.map((doc) => counted.get(doc)));
          // What cursors share may be another's by the next batch.
          const other = encode(list);
          readPostings(other, other.varint(), new Uint32Array(df), new Uint32Array(df));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("of one document need no list", () => {
    const cursor = new PostingCursor(7);
    expect(cursor.advance(3)).toBe(7);
    expect(cursor.counts).toBe(PLAIN);
    expect(cursor.next()).toBe(END);
  });
});
