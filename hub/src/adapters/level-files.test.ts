import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { utf8 } from "@tributary/proto";
import { Level } from "level";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryPath } from "../../test/support/temporary-folder.ts";
import type { Compactable } from "./compactable.ts";
import { damagedFilesOf } from "./level-files.ts";

const folder = temporaryPath("level");
let table = "";
let journal = "";

beforeAll(async () => {
  const db = new Level<Uint8Array, Uint8Array>(folder, {
    keyEncoding: "view",
    valueEncoding: "view",
    blockSize: 512,
  });
  // Enough for an index that is worth packing.
  for (let i = 0; i < 400; i += 1) await db.put(utf8(`key of a row ${i}`), utf8(`青禾 ${i * i}`));
  await (db as unknown as Compactable).compactRange(utf8(" "), utf8("~"));
  for (let i = 0; i < 300; i += 1) await db.put(utf8(`later ${i}`), utf8("云帆".repeat(40)));
  await db.close();
  const files = readdirSync(folder).map((name) => join(folder, name));
  table = files.find((name) => name.endsWith(".ldb")) as string;
  journal = files.find((name) => name.endsWith(".log")) as string;
});

test("what LevelDB wrote is whole; where there is no folder, nothing is damaged", async () => {
  expect(await damagedFilesOf(folder)).toEqual([]);
  expect(await damagedFilesOf(`${folder}-other`)).toEqual([]);
});

test("what a merge that was cut off left behind is not judged", async () => {
  const left = join(folder, "999999.ldb");
  for (const content of [Buffer.alloc(0), readFileSync(table).subarray(0, 1000)]) {
    writeFileSync(left, content);
    expect(await damagedFilesOf(folder)).toEqual([]);
  }
  rmSync(left);
});

test("a manifest is damaged where a record does not match and later ones do; its end may be missing", async () => {
  const manifest = join(folder, readFileSync(join(folder, "CURRENT"), "utf8").trim());
  const flip = (bytes: Buffer) => flipped(bytes, 10);
  await harmed(manifest, flip, async () => {
    expect(await damagedFilesOf(folder)).toEqual([
      { name: basename(manifest), problem: "it is damaged" },
    ]);
  });
  await harmed(
    manifest,
    (bytes) => bytes.subarray(0, -1),
    async () => {
      expect(await damagedFilesOf(folder)).toEqual([]);
    },
  );
});

test("nothing more is read once it is told to stop", async () => {
  await harmed(
    table,
    (bytes) => flipped(bytes, 10),
    async () => {
      expect(await damagedFilesOf(folder, () => true)).toEqual([]);
    },
  );
});

describe("a table", () => {
  test("is damaged wherever a bit of it flips", async () => {
    const { length } = readFileSync(table);
    // Behind the two handles the footer is filled up with zeros that nobody reads.
    for (let at = 0; at < length - 48; at += 31) {
      await harmed(
        table,
        (bytes) => flipped(bytes, at),
        async () => {
          expect(await damagedFilesOf(folder), `byte ${at} of ${length}`).toHaveLength(1);
        },
      );
    }
    for (const at of [length - 1, length - 8, length - 48]) {
      await harmed(
        table,
        (bytes) => flipped(bytes, at),
        async () => {
          expect(await damagedFilesOf(folder), `byte ${at} of ${length}`).toHaveLength(1);
        },
      );
    }
  });

  test("is damaged wherever it is cut", async () => {
    const { length } = readFileSync(table);
    for (const end of [0, 1, 47, 48, 1000, length - 1]) {
      await harmed(
        table,
        (bytes) => bytes.subarray(0, end),
        async () => {
          expect(await damagedFilesOf(folder), `cut to ${end}`).toHaveLength(1);
        },
      );
    }
  });
});

describe("a journal", () => {
  test("is damaged where a record does not match and later ones do", async () => {
    for (let at = 0; at < 60_000; at += 611) {
      await harmed(
        journal,
        (bytes) => flipped(bytes, at),
        async () => {
          const [found] = await damagedFilesOf(folder);
          expect(found?.problem, `byte ${at}`).toMatch(/^its record at byte \d+ is damaged$/);
        },
      );
    }
  });

  test("may have lost its end, as after a crash", async () => {
    const { length } = readFileSync(journal);
    for (const end of [0, 5, 100, 33_000, length - 1]) {
      await harmed(
        journal,
        (bytes) => bytes.subarray(0, end),
        async () => {
          expect(await damagedFilesOf(folder), `cut to ${end}`).toEqual([]);
        },
      );
    }
    appendFileSync(journal, new Uint8Array(500));
    expect(await damagedFilesOf(folder)).toEqual([]);
    truncateSync(journal, length);
  });
});

/** Runs with a file that has come to harm, and puts it back. */
async function harmed(
  file: string,
  harm: (bytes: Buffer) => Uint8Array,
  run: () => Promise<void>,
): Promise<void> {
  const bytes = readFileSync(file);
  writeFileSync(file, harm(Buffer.from(bytes)));
  await run();
  writeFileSync(file, bytes);
}

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] as number) ^ 4;
  return bytes;
}
