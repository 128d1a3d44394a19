import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { type ZipMember, zipOf } from "../../test/workbooks.ts";
import { openZip } from "./zip-file.ts";

const signal = AbortSignal.timeout(60_000);

async function contents(bytes: Buffer): Promise<Record<string, string>> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a.zip");
  await writeFile(path, bytes);
  await using zip = await openZip(path);
  const found: Record<string, string> = {};
  for (const name of zip.names) {
    found[name] = Buffer.concat(await Array.fromAsync(zip.read(name, signal))).toString();
  }
  return found;
}

const MEMBERS: ZipMember[] = [
  { name: "stored.txt", content: "stored", isStored: true },
  { name: "中文.txt", content: "deflated ".repeat(20_000) },
  { name: "empty.txt", content: "" },
];

/** The same zip file with 64-bit numbers where 32 bits would do, as programs write it that stream. */
function widened(zip: Buffer): Buffer {
  const end = zip.length - 22;
  const directoryAt = zip.readUInt32LE(end + 16);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(zip.readUInt16LE(end + 10)), 24);
  record.writeBigUInt64LE(BigInt(zip.readUInt16LE(end + 10)), 32);
  record.writeBigUInt64LE(BigInt(zip.readUInt32LE(end + 12)), 40);
  record.writeBigUInt64LE(BigInt(directoryAt), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(end), 8);
  locator.writeUInt32LE(1, 16);
  const tail = Buffer.from(zip.subarray(end));
  tail.writeUInt16LE(0xffff, 10);
  tail.writeUInt32LE(0xffffffff, 16);
  return Buffer.concat([zip.subarray(0, end), record, locator, tail]);
}

describe("openZip", () => {
  test("reads members that are stored, deflated or empty", async () => {
    expect(await contents(zipOf(MEMBERS))).toEqual({
      "stored.txt": "stored",
      "中文.txt": "deflated ".repeat(20_000),
      "empty.txt": "",
    });
  });

  test("reads a file with 64-bit offsets", async () => {
    expect(await contents(widened(zipOf(MEMBERS)))).toEqual(await contents(zipOf(MEMBERS)));
  });

  test("reads a file with a comment behind its directory", async () => {
    const zip = zipOf(MEMBERS);
    zip.writeUInt16LE(7, zip.length - 2);
    expect(Object.keys(await contents(Buffer.concat([zip, Buffer.from("comment")])))).toHaveLength(
      3,
    );
  });

  test("gives nothing for a member that is not there", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "a.zip");
    await writeFile(path, zipOf(MEMBERS));
    await using zip = await openZip(path);
    expect(await Array.fromAsync(zip.read("constructor", signal))).toEqual([]);
  });
});
