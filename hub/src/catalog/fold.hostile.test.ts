import { encodeBody, type RecordKind, toHex } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { aRecord, SmallLog } from "../../test/support/small-log.ts";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import { foldEntries } from "./fold.ts";

/** Folds one batch of the record and a good neighbour; tells what became of the record, and the time of its thread. */
async function foldOne(record: Uint8Array) {
  const log = new SmallLog();
  log.batch("aa", [record, aRecord({ key: "neighbour" })]);
  const store = createMemoryCatalogStore();
  const begin = process.threadCpuUsage();
  await store.write((await foldEntries(store, log.entries, log.lookup)).change);
  const ms = process.threadCpuUsage(begin).user / 1000;
  const rows = await Array.fromAsync(store.rows({}));
  expect(rows.find(({ ref }) => ref.key === "neighbour")?.verdict).toBe("live");
  return { row: rows.find(({ ref }) => ref.key === "1"), ms };
}

/** A length-delimited field. */
function field(number: number, content: Uint8Array): Uint8Array {
  return Uint8Array.of((number << 3) | 2, ...varint(content.length), ...content);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

describe("a hostile body", () => {
  test("of as many empty sub-messages as fit is quarantined at once", async () => {
    // Case.providers (field 11), each two bytes: a tag and a length of zero.
    const body = new Uint8Array(256 * 1024);
    for (let i = 0; i < body.length; i += 2) body[i] = (11 << 3) | 2;
    const { row, ms } = await foldOne(aRecord({ body }));
    expect(row).toMatchObject({ verdict: "quarantined", verdictReason: "ERR_BODY_MALFORMED" });
    expect(ms).toBeLessThan(250);
  });

  test("that nests deeper than any message is quarantined", async () => {
    let body: Uint8Array = new Uint8Array();
    for (let depth = 0; depth < 2000; depth += 1) body = field(4, body);
    const { row } = await foldOne(aRecord({ body }));
    expect(row?.verdict).toBe("quarantined");
  });

  test.each<[string, RecordKind, Uint8Array]>([
    ["of another kind", "provider", encodeBody("demand", { title: "x", urgency: "high" })],
    [
      "without what its kind requires",
      "case",
      encodeBody("outcome", { epoch: "2026Q1", policy: { k: 5 } }),
    ],
    ["that is cut off", "case", encodeBody("case", { title: "一二三" }).slice(0, -1)],
    ["with text that is not UTF-8", "case", Uint8Array.of(10, 2, 0xc3, 0x28)],
    ["that is empty", "case", new Uint8Array()],
    [
      "with a script as its address",
      "event",
      field(11, new TextEncoder().encode("javascript:alert(1)")),
    ],
    ["with a NaN", "training", Uint8Array.of(10, 1, 65, 49, 0, 0, 0, 0, 0, 0, 248, 127)],
  ])("%s is quarantined", async (_, kind, body) => {
    const { row } = await foldOne(aRecord({ kind, body }));
    expect(row).toMatchObject({ verdict: "quarantined", verdictReason: "ERR_BODY_MALFORMED" });
  });

  test("in every single-byte change of a good record gives a verdict", async () => {
    const good = aRecord({ body: encodeBody("case", { title: "铜", scenarios: ["S01"] }) });
    const log = new SmallLog();
    const records = [...good.keys()].flatMap((at) =>
      [0x01, 0x80, 0xff].map((mask) => {
        const bad = good.slice();
        bad[at] = (bad[at] as number) ^ mask;
        return bad;
      }),
    );
    log.batch("aa", records);
    const store = createMemoryCatalogStore();
    const { change } = await foldEntries(store, log.entries, log.lookup);
    await store.write(change);
    const counts = JSON.parse(new TextDecoder().decode(await store.fact("counts/aa"))) as number[];
    expect(counts.slice(0, 7).reduce((a, b) => a + b)).toBe(records.length);
  });
});

test("a key that looks like part of a store's key stays apart", async () => {
  const log = new SmallLog();
  const keys = [
    "__proto__",
    "constructor",
    "a/b",
    "\u00e9",
    "e\u0301",
    "a b",
    "\u202ea",
    "𐀀",
    "a".repeat(128),
  ];
  log.batch(
    "aa",
    keys.map((key) => aRecord({ key })),
  );
  const store = createMemoryCatalogStore();
  await store.write((await foldEntries(store, log.entries, log.lookup)).change);
  for (const key of keys) {
    const row = await store.get({ kind: "case", centerId: "aa", key });
    expect(row?.ref.key, toHex(new TextEncoder().encode(key))).toBe(key);
  }
  expect((await Array.fromAsync(store.rows({}))).length).toBe(keys.length);
});
