/**
 * The contract of {@link CatalogStore}, as tests.
 *
 * @module
 */

import type { RecordKind, RecordRef } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CatalogRow, compareRefs, sameRef } from "./catalog-row.ts";
import type { CatalogChange, CatalogStore, RowRange } from "./catalog-store.ts";

/** @param open Makes a new, empty store. Called once a test, or once a run of a property. */
export function describeCatalogStore(name: string, open: () => Promise<CatalogStore>): void {
  describe(`${name} is a CatalogStore`, () => {
    test("starts empty", async () => {
      await using store = await open();
      await store.check();
      expect(await store.position()).toBe(0);
      expect(await store.get(refOf("case", "aa", "1"))).toBeUndefined();
      expect(await store.getMany([])).toEqual([]);
      expect(await store.fact("x")).toBeUndefined();
      expect(await store.factsNamed([])).toEqual([]);
      expect(await store.factsNamed(["x"])).toEqual([undefined]);
      expect(await collect(store.rows({}))).toEqual([]);
      expect(await collect(store.changedRows(0))).toEqual([]);
      expect(await collect(store.facts(""))).toEqual([]);
    });

    test("reads back every field of a row", async () => {
      await using store = await open();
      const full: CatalogRow = {
        ...aRow(refOf("voucher_programme", "jx-copper", "键/1")),
        revision: 2n ** 64n - 1n,
        verdict: "hidden",
        verdictReason: "重复",
        accepted: { verdict: "pending", reason: "approval_required" },
        visibility: "centers",
        visibleTo: ["aa", "bb"],
        license: "CC-BY-4.0",
        validUntilMs: 0,
        decisions: [3, 9],
        labels: ["标杆"],
        audience: { widest: "members", centers: [] },
        provenance: {
          sourceId: "cases",
          table: "2024 年",
          row: 17,
          mappingId: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
          readAtMs: 1,
        },
        findings: [{ rule: "H4", code: "n", subject: "bucket 0", message: "4", messageZh: "四" }],
        body: Uint8Array.of(0, 255, 10),
      };
      await store.write(change({ rows: [full], position: 5 }));
      expect(plain(await store.get(full.ref))).toEqual(plain(full));
    });

    test("replaces a row and moves it to its new change", async () => {
      await using store = await open();
      const first = { ...aRow(refOf("case", "aa", "1")), changePosition: 3 };
      const other = { ...aRow(refOf("case", "aa", "2")), changePosition: 4 };
      await store.write(change({ rows: [first, other], position: 5 }));
      const second = { ...first, revision: 2n, changePosition: 7 };
      await store.write({
        rows: [{ row: second, previousChange: 3 }],
        facts: new Map(),
        position: 8,
      });
      expect(await store.position()).toBe(8);
      expect((await store.get(first.ref))?.revision).toBe(2n);
      expect((await collect(store.changedRows(0))).map((row) => row.changePosition)).toEqual([
        4, 7,
      ]);
      expect((await collect(store.changedRows(5))).map((row) => row.ref)).toEqual([first.ref]);
    });

    test("replaces a row within one change", async () => {
      await using store = await open();
      const row = { ...aRow(refOf("case", "aa", "1")), changePosition: 3 };
      await store.write(change({ rows: [row], position: 4 }));
      const again = { ...row, labels: ["x"] };
      await store.write({
        rows: [{ row: again, previousChange: 3 }],
        facts: new Map(),
        position: 5,
      });
      expect((await collect(store.changedRows(3))).map((r) => r.labels)).toEqual([["x"]]);
    });

    test("answers many rows in the order asked for", async () => {
      await using store = await open();
      const refs = ["b", "a", "c"].map((key) => refOf("policy", "aa", key));
      await store.write(change({ rows: refs.slice(0, 2).map(aRow), position: 1 }));
      const found = await store.getMany([...refs, refs[0] as RecordRef]);
      expect(found.map((row) => row?.ref.key)).toEqual(["b", "a", undefined, "b"]);
    });

    test("sets, replaces and deletes facts, and lists them by prefix in the order of bytes", async () => {
      await using store = await open();
      const names = [
        "center/b",
        "center/a",
        "center",
        "counts/a",
        "center/あ",
        "center/￿",
        "center/𐀀",
      ];
      await store.write(change({ facts: names.map((n) => [n, Uint8Array.of(1)]), position: 1 }));
      await store.write(
        change({
          facts: [
            ["center/a", Uint8Array.of(2)],
            ["center/b", undefined],
          ],
          position: 2,
        }),
      );
      expect(await store.fact("center/b")).toBeUndefined();
      expect(plain(await store.fact("center/a"))).toEqual([2]);
      expect((await collect(store.facts("center/"))).map(([n]) => n)).toEqual([
        "center/a",
        "center/あ",
        "center/￿",
        "center/𐀀",
      ]);
      const behind = await collect(store.facts("center/", "center/b"));
      expect(behind.map(([n]) => n)).toEqual(["center/あ", "center/￿", "center/𐀀"]);
    });

    test("answers many facts in the order asked for", async () => {
      await using store = await open();
      const facts = ["b", "a", "ab"].map((name, i) => [name, Uint8Array.of(i)] as const);
      await store.write(change({ facts, position: 1 }));
      const found = await store.factsNamed(["ab", "a", "", "b", "ab"]);
      expect(found.map(plain)).toEqual([[2], [1], undefined, [0], [2]]);
      await store.write(change({ facts: [["a", undefined]], position: 2 }));
      expect(await store.factsNamed(["a"])).toEqual([undefined]);
    });

    test("iterates as of when iteration began", async () => {
      await using store = await open();
      const rows = Array.from({ length: 600 }, (_, i) =>
        aRow(refOf("case", "aa", String(i).padStart(4, "0"))),
      );
      await store.write(change({ rows, position: 1 }));
      const reading = store.rows({})[Symbol.asyncIterator]();
      const changes = store.changedRows(0)[Symbol.asyncIterator]();
      await reading.next();
      await changes.next();
      await store.write({
        rows: rows.map((row) => ({
          row: { ...row, revision: 9n, changePosition: 2 },
          previousChange: row.changePosition,
        })),
        facts: new Map(),
        position: 2,
      });
      const rest = [...(await remaining(reading)), ...(await remaining(changes))];
      expect(rest.length).toBe(2 * (rows.length - 1));
      expect(new Set(rest.map((row) => row.revision))).toEqual(new Set([1n]));
    });

    test("forgets everything when cleared, and can be written anew", async () => {
      await using store = await open();
      const row = aRow(refOf("case", "aa", "1"));
      await store.write(change({ rows: [row], facts: [["x", Uint8Array.of(1)]], position: 9 }));
      await store.clear();
      await store.check();
      expect(await store.position()).toBe(0);
      expect(await store.get(row.ref)).toBeUndefined();
      expect(await collect(store.changedRows(0))).toEqual([]);
      expect(await collect(store.facts(""))).toEqual([]);
      await store.write(change({ rows: [row], position: 1 }));
      await store.check();
      expect((await collect(store.rows({}))).length).toBe(1);
    });

    test("lists any range of any rows in the order of kind, center and key", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(anyRef(), { maxLength: 40, selector: (r) => JSON.stringify(r) }),
          fc.option(fc.constantFrom(...KINDS), { nil: undefined }),
          fc.option(fc.constantFrom(...CENTERS), { nil: undefined }),
          fc.option(anyRef(), { nil: undefined }),
          async (refs, kind, centerId, after) => {
            await using store = await open();
            await store.write(change({ rows: refs.map(aRow), position: 1 }));
            const range: RowRange = { kind, centerId, after };
            const expected = refs
              .filter((ref) => kind === undefined || ref.kind === kind)
              .filter((ref) => centerId === undefined || ref.centerId === centerId)
              .filter((ref) => after === undefined || compareRefs(ref, after) > 0)
              .sort(compareRefs);
            expect((await collect(store.rows(range))).map((row) => row.ref)).toEqual(expected);
          },
        ),
        { numRuns: 60 },
      );
    });

    test("lists changed rows from any position, for any rows", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(anyRef(), fc.nat(9)), { maxLength: 40 }),
          fc.nat(10),
          fc.option(anyRef(), { nil: undefined }),
          async (writes, from, after) => {
            await using store = await open();
            const model: CatalogRow[] = [];
            for (const [ref, at] of writes) {
              const row = { ...aRow(ref), changePosition: at };
              const index = model.findIndex((known) => sameRef(known.ref, ref));
              const previousChange = model[index]?.changePosition;
              if (index >= 0) model.splice(index, 1);
              model.push(row);
              await store.write({
                rows: [{ row, previousChange }],
                facts: new Map(),
                position: 10,
              });
            }
            const expected = model
              .filter((row) => row.changePosition >= from)
              .filter(
                (row) =>
                  row.changePosition > from ||
                  after === undefined ||
                  compareRefs(row.ref, after) > 0,
              )
              .sort((a, b) => a.changePosition - b.changePosition || compareRefs(a.ref, b.ref));
            const found = await collect(store.changedRows(from, after));
            expect(found.map(plain)).toEqual(expected.map(plain));
          },
        ),
        { numRuns: 60 },
      );
    });
  });
}

const KINDS: readonly RecordKind[] = ["case", "center", "policy", "voucher_programme"];
/** Prefixes of each other, and with the byte before digits and letters. */
const CENTERS = ["aa", "aa-b", "aab", "b1"] as const;

function anyRef(): fc.Arbitrary<RecordRef> {
  return fc.record({
    kind: fc.constantFrom(...KINDS),
    centerId: fc.constantFrom(...CENTERS),
    key: fc.constantFrom("1", "10", "2", "a", "ａ", "键", "𐀀", "￿", "!"),
  });
}

function refOf(kind: RecordKind, centerId: string, key: string): RecordRef {
  return { kind, centerId, key };
}

/** A live row with nothing special. */
export function aRow(ref: RecordRef): CatalogRow {
  return {
    ref,
    revision: 1n,
    verdict: "live",
    verdictReason: "",
    accepted: { verdict: "live", reason: "" },
    visibility: "public",
    visibleTo: [],
    license: "",
    validUntilMs: undefined,
    logPosition: 1,
    recordIndex: 0,
    receivedAtMs: 1_700_000_000_000,
    feedPosition: 1,
    firstPosition: 1,
    changePosition: 1,
    decisions: [],
    labels: [],
    audience: { widest: "public", centers: [] },
    provenance: undefined,
    findings: [],
    body: Uint8Array.of(1),
  };
}

function change(parts: {
  rows?: readonly CatalogRow[];
  facts?: readonly (readonly [string, Uint8Array | undefined])[];
  position: number;
}): CatalogChange {
  return {
    rows: (parts.rows ?? []).map((row) => ({ row, previousChange: undefined })),
    facts: new Map(parts.facts ?? []),
    position: parts.position,
  };
}

/** Bytes as plain arrays, so that views and buffers compare by content. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  return Array.fromAsync(items);
}

async function remaining<T>(iterator: AsyncIterator<T>): Promise<T[]> {
  const items: T[] = [];
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    items.push(next.value);
  }
  return items;
}
