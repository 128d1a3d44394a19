import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { temporaryPath } from "../../test/support/temporary-folder.ts";
import { JsonListFile } from "./json-list-file.ts";

const item = z.strictObject({ name: z.string(), untilMs: z.number() });
const list = [
  { name: "门户", untilMs: 1_790_000_000_000 },
  { name: "a\nb", untilMs: 0 },
];

const opened = (file: string) => new JsonListFile(file, item);

describe("a list in a file", () => {
  test("is what was written, and empty while there is no file", async () => {
    const file = temporaryPath("list.json");
    expect(await opened(file).read()).toEqual([]);
    await opened(file).write(list);
    expect(await opened(file).read()).toEqual(list);
  });

  test("of a version that wrote no hash is read", async () => {
    const file = temporaryPath("list.json");
    writeFileSync(file, JSON.stringify(list));
    expect(await opened(file).read()).toEqual(list);
  });

  test("is refused when a bit of it flipped, wherever", async () => {
    const file = temporaryPath("list.json");
    await opened(file).write(list);
    const bytes = readFileSync(file);
    for (const at of bytes.keys()) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (bytes[at] as number) ^ (1 << (at % 8));
      writeFileSync(file, damaged);
      await expect(opened(file).read()).rejects.toMatchObject({ code: "ERR_STORE_DAMAGED" });
    }
  });

  test("is refused or whole when its end is lost", async () => {
    const file = temporaryPath("list.json");
    await opened(file).write(list);
    const bytes = readFileSync(file);
    for (const length of bytes.keys()) {
      writeFileSync(file, bytes.subarray(0, length));
      const read = await opened(file)
        .read()
        .catch((error: { code: string }) => error.code);
      expect([list, "ERR_STORE_DAMAGED"]).toContainEqual(read);
    }
  });
});
