/**
 * Reads a log from its static files, as an auditor of another project would: written from the texts of C2SP
 * (tlog-tiles, tlog-checkpoint, signed-note) with Node's own library and none of our code.
 *
 * @module
 */

import { createHash, createPublicKey, verify } from "node:crypto";

/** What the files hold; every entry hashes to its leaf, and the leaves to the root that is signed. */
export interface StaticLog {
  readonly size: number;
  readonly root: Buffer;
  readonly entries: readonly Buffer[];
}

const sha256 = (...parts: Uint8Array[]) =>
  createHash("sha256").update(Buffer.concat(parts)).digest();

/** @throws If anything does not fit. */
export async function followStaticLog(
  prefix: string,
  log: { readonly origin: string; readonly vkey: string },
): Promise<StaticLog> {
  const { size, root } = openCheckpoint((await get(`${prefix}/checkpoint`)).toString(), log);
  const entries: Buffer[] = [];
  let level: Buffer[] = [];
  for (let index = 0; index * 256 < size; index += 1) {
    const width = Math.min(256, size - index * 256);
    const name = pathOf(index) + (width < 256 ? `.p/${width}` : "");
    const tile = await get(`${prefix}/tile/0/${name}`);
    const bundle = await get(`${prefix}/tile/entries/${name}`);
    if (tile.length !== width * 32) throw new Error(`tile ${name} has ${tile.length} bytes`);
    let at = 0;
    for (let i = 0; i < width; i += 1) {
      const end = at + 2 + bundle.readUInt16BE(at);
      const entry = bundle.subarray(at + 2, end);
      const leaf = tile.subarray(i * 32, (i + 1) * 32);
      if (!sha256(Uint8Array.of(0), entry).equals(leaf)) throw new Error(`entry ${i} of ${name}`);
      entries.push(entry);
      level.push(leaf);
      at = end;
    }
    if (at !== bundle.length) throw new Error(`bytes are left in the bundle ${name}`);
  }
  while (level.length > 1) {
    const next: Buffer[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i] as Buffer, level[i + 1]];
      next.push(right === undefined ? left : sha256(Uint8Array.of(1), left, right));
    }
    level = next;
  }
  if (!level[0]?.equals(root)) throw new Error("the leaves do not hash to the root");
  return { size, root, entries };
}

function openCheckpoint(note: string, log: { readonly origin: string; readonly vkey: string }) {
  const [text = "", signatures = ""] = note.split(/(?<=\n)\n/);
  const [origin, size, root, ...rest] = text.split("\n");
  if (origin !== log.origin || rest.length !== 1) throw new Error("not a checkpoint of the log");
  // Name and hash have no plus sign; the key in Base64 may.
  const key = Buffer.from(log.vkey.split("+").slice(2).join("+"), "base64");
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key.subarray(1)]);
  const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
  const line = signatures.split("\n").find((one) => one.startsWith(`— ${log.origin} `)) ?? "";
  const signature = Buffer.from(line.split(" ")[2] ?? "", "base64").subarray(4);
  if (!verify(null, Buffer.from(text), publicKey, signature)) throw new Error("not signed");
  return { size: Number(size), root: Buffer.from(root ?? "", "base64") };
}

function pathOf(index: number): string {
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  }
  return groups.join("/");
}

async function get(url: string): Promise<Buffer> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}
