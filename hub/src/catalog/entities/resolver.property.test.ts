import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { providerList } from "../../../bench/support/provider-list.ts";
import type { Assertion, AssertionEntry, AssertionKind } from "./assertions.ts";
import { vetoOf } from "./model.ts";
import type { EntityRecord } from "./record.ts";
import { PROVIDER_SCHEMA } from "./record.ts";
import { resolve } from "./resolve.ts";
import type { Resolver } from "./resolver.ts";
import { trainModel } from "./train.ts";

const SETTINGS = { numRuns: 60, seed: 1 } as const;

const RECORDS: readonly EntityRecord[] = providerList(11)
  .take(240)
  .map(({ record }) => record)
  .toArray();
const MODEL = trainModel(PROVIDER_SCHEMA, RECORDS);

/** Some records next to each other, so that most have something to be linked with, in any order. */
const someRecords = fc
  .tuple(fc.nat(RECORDS.length - 40), fc.integer({ min: 2, max: 40 }))
  .chain(([from, count]) =>
    fc.shuffledSubarray(RECORDS.slice(from, from + count), { minLength: 2 }),
  );

const someEntries = (records: readonly EntityRecord[]): fc.Arbitrary<AssertionEntry[]> =>
  fc
    .array(
      fc.record({
        kind: fc.constantFrom<AssertionKind | "retract">("same", "different", "related", "retract"),
        a: fc.constantFrom(...records),
        b: fc.constantFrom(...records),
        entry: fc.nat(8),
      }),
      { maxLength: 8 },
    )
    .map((list) => list.map((what, i) => entryOf(i, what)));

function entryOf(
  position: number,
  {
    kind,
    a,
    b,
    entry,
  }: { kind: AssertionKind | "retract"; a: EntityRecord; b: EntityRecord; entry: number },
): AssertionEntry {
  const facts = { id: `entry ${position}`, position, by: "operator", evidence: "" };
  return kind === "retract"
    ? { ...facts, kind, entry: `entry ${entry}` }
    : { ...facts, kind, a: a.id, b: b.id, model: "" };
}

function bytesOf(resolver: Resolver): string {
  return JSON.stringify(resolver.entities());
}

const recordsAndEntries = someRecords.chain((records) =>
  fc.tuple(fc.constant(records), someEntries(records)),
);

describe("entities", () => {
  test("do not depend on the order of records and entries", () => {
    fc.assert(
      fc.property(recordsAndEntries, ([records, entries]) => {
        const sorted = [...records].sort((a, b) => a.since - b.since);
        const all = bytesOf(resolve(MODEL, sorted, entries));
        expect(bytesOf(resolve(MODEL, records, [...entries].reverse()))).toBe(all);
        const late = resolve(MODEL, records);
        late.entities();
        for (const entry of entries) {
          late.assert([entry]);
          late.entities();
        }
        expect(bytesOf(late)).toBe(all);
      }),
      SETTINGS,
    );
  });

  test("do not depend on when they are asked for, nor on records that are gone", () => {
    fc.assert(
      fc.property(recordsAndEntries, fc.nat(), ([records, entries], at) => {
        const gone = records[at % records.length] as EntityRecord;
        const left = records.filter((record) => record !== gone);
        const resolver = resolve(MODEL, [], entries);
        for (const record of records) {
          resolver.add(record);
          resolver.entityOf(record.id);
        }
        expect(bytesOf(resolver)).toBe(bytesOf(resolve(MODEL, records, entries)));
        resolver.remove(gone.id);
        expect(bytesOf(resolver)).toBe(bytesOf(resolve(MODEL, left, entries)));
        resolver.add(gone);
        expect(bytesOf(resolver)).toBe(bytesOf(resolve(MODEL, records, entries)));
      }),
      SETTINGS,
    );
  });

  test("are byte for byte what they were once entries are taken back", () => {
    fc.assert(
      fc.property(recordsAndEntries, ([records, entries]) => {
        const statements = entries.filter((entry): entry is Assertion => entry.kind !== "retract");
        const resolver = resolve(MODEL, records);
        const before = bytesOf(resolver);
        resolver.assert(statements);
        resolver.entities();
        resolver.assert(
          statements.map(({ id }, i) => ({
            id: `undo ${id}`,
            position: 100 + i,
            kind: "retract" as const,
            entry: id,
            by: "operator",
            evidence: "",
          })),
        );
        expect(bytesOf(resolver)).toBe(before);
      }),
      SETTINGS,
    );
  });

  test("never hold two records that a person called different, and hold those called the same", () => {
    fc.assert(
      fc.property(recordsAndEntries, ([records, entries]) => {
        const resolver = resolve(MODEL, records, entries);
        for (const { a, b, kind } of resolver.asserted.all) {
          const isOne = resolver.entityOf(a)?.members.includes(b);
          if (kind !== "same") expect(isOne && a !== b, `${kind} ${a} ${b}`).toBe(false);
          else if (resolver.asserted.all.every((other) => other.kind === "same")) {
            expect(isOne).toBe(true);
          }
        }
      }),
      SETTINGS,
    );
  });

  test("never hold records that exclude each other, unless a person says so", () => {
    const resolver = resolve(MODEL, RECORDS);
    for (const { members } of resolver.entities()) {
      for (const [i, a] of members.entries()) {
        for (const b of members.slice(i + 1)) {
          const [left, right] = [resolver.record(a), resolver.record(b)];
          if (left === undefined || right === undefined) throw new TypeError("a record is lost");
          expect(vetoOf(MODEL, left, right)).toBeUndefined();
        }
      }
    }
  });

  test("are each record once, with an id of their oldest record and redirects from the others", () => {
    const resolver = resolve(MODEL, RECORDS);
    const entities = resolver.entities();
    expect(entities.flatMap(({ members }) => members).sort()).toEqual(
      RECORDS.map(({ id }) => id).sort(),
    );
    const ids = entities.flatMap(({ id, redirects }) => [id, ...redirects]);
    expect(new Set(ids).size).toBe(RECORDS.length);
  });
});
