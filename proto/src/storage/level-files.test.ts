import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "../crypto/bytes.ts";
import { crc32c } from "./crc32c.ts";
import { journalRecords } from "./level-journal.ts";
import { readManifest } from "./level-manifest.ts";
import { unsnappy } from "./snappy.ts";
import { readVarint } from "./varint.ts";

describe("CRC-32C", () => {
  test("is that of RFC 3720", () => {
    expect(crc32c(utf8("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  });

  test("is of the bytes between two places", () => {
    expect(crc32c(utf8("xx123456789x"), 2, 11)).toBe(0xe3069283);
  });
});

describe("Snappy", () => {
  test("reads literals and copies, also those that read what they write", () => {
    // "ab" and a copy of 7 bytes from 2 back; then a copy with an offset of two bytes.
    const bytes = Uint8Array.of(13, 1 << 2, 0x61, 0x62, ((7 - 4) << 2) | 1, 2, (3 << 2) | 2, 9, 0);
    expect(new TextDecoder().decode(unsnappy(bytes, 100))).toBe("ababababaabab".slice(0, 13));
  });

  test("reads long literals", () => {
    const text = new Uint8Array(300).fill(0x61);
    const bytes = Uint8Array.of(0xac, 0x02, 61 << 2, 0x2b, 0x01, ...text);
    expect(unsnappy(bytes, 300)).toEqual(text);
    expect(unsnappy(bytes, 299)).toBeUndefined();
  });

  test("answers nothing, and ends, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const out = unsnappy(bytes, 4096);
        expect(out === undefined || out.length <= 4096).toBe(true);
      }),
    );
  });
});

test("a varint that does not end, or is beyond what a number holds, is none", () => {
  expect(readVarint(Uint8Array.of(0xac, 0x02), 0)).toEqual({ value: 300, end: 2 });
  expect(readVarint(Uint8Array.of(0xac), 0)).toBeUndefined();
  expect(readVarint(new Uint8Array(9).fill(0xff), 0)).toBeUndefined();
  expect(readVarint(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 0x7f), 0)).toBeUndefined();
});

test("a manifest is read, or is none, whatever its bytes are", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (record) => {
      const bytes = journalled(record);
      const live = readManifest(bytes);
      expect(live === undefined || live.tables.size <= record.length).toBe(true);
      expect([...journalRecords(bytes)]).toEqual([record]);
    }),
  );
});

test("a manifest adds up what its edits say", () => {
  const edit = [1, 1, 0x61, 2, 9, 3, 12, 4, 5, 5, 0, 1, 0x62, 7, 0, 7, 99, 1, 0x61, 1, 0x7a];
  const later = [6, 0, 7, 7, 1, 8, 99, 1, 0x61, 1, 0x7a, 9, 4];
  const bytes = Buffer.concat([edit, later].map((fields) => journalled(Uint8Array.from(fields))));
  expect(readManifest(bytes)).toEqual({ tables: new Set([8]), firstJournal: 4 });
  expect(readManifest(journalled(Uint8Array.of(8, 1)))).toBeUndefined();
  expect(readManifest(journalled(Uint8Array.of(1, 9, 0x61)))).toBeUndefined();
});

/** A journal of one record. */
function journalled(record: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(7 + record.length);
  bytes.set(record, 7);
  const view = new DataView(bytes.buffer);
  view.setUint16(4, record.length, true);
  view.setUint8(6, 1);
  const sum = crc32c(bytes, 6);
  view.setUint32(0, ((sum >>> 15) | (sum << 17)) + 0xa282ead8, true);
  return bytes;
}
