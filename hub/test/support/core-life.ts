/**
 * A program that takes batches into the hub of a folder, and erases some of their records, until it kills itself.
 *
 *   node --conditions=source core-life.ts FOLDER CENTER OUTBOX POINT COUNT DELAY_MS
 *
 * It dies DELAY_MS after it has passed POINT for the COUNTth time. Prints `open <ms>` when it takes batches, and
 * `receipt <seq> <base64>` for each; ends by itself if the frames of the file OUTBOX are not enough. With an empty POINT it
 * waits then for whoever kills it.
 *
 * @module
 */

import { readFileSync, writeSync } from "node:fs";
import { decodeRecord, openBatch, splitRecords } from "@tributary/proto";
import { openCoreHub } from "./core-hub.ts";

const [folder = "", centerId = "", outbox = "", point, count, delayMs] = process.argv.slice(2);
const WINDOW = 3;
const BATCHES_FOR_AN_ERASURE = 4;
const HOUR_MS = 3_600_000;

let left = Number(count);
const startedAtMs = performance.now();
const hub = await openCoreHub(folder, passed);
say(`open ${performance.now() - startedAtMs}`);

const waiting = framesOf(readFileSync(outbox));
let received = 0;
await Promise.all(Array.from({ length: WINDOW }, send));
if (point === "") setInterval(() => undefined, HOUR_MS);

async function send(): Promise<void> {
  for (const frame of waiting) {
    const answer = await hub.ingest.accept(centerId, frame);
    if (answer.type === "refusal") throw new Error(answer.refusal.code);
    say(`receipt ${answer.seq} ${Buffer.from(answer.receipt).toString("base64")}`);
    passed("ack");
    received += 1;
    if (received % BATCHES_FOR_AN_ERASURE === 0) await erase(frame);
  }
}

/** Erases the first record of a batch. */
async function erase(frame: Uint8Array): Promise<void> {
  const { header, records } = openBatch(frame);
  const [first] = splitRecords(records, header.recordCount);
  const { kind, key } = decodeRecord(first as Uint8Array);
  const order = { centerId, refs: [{ kind, key }], actor: "drill", reason: "drill" };
  await hub.eraser.erase(order, new AbortController().signal);
}

function* framesOf(file: Buffer): Generator<Uint8Array> {
  for (let at = 0; at < file.length; ) {
    const end = at + 4 + file.readUInt32BE(at);
    yield new Uint8Array(file.subarray(at + 4, end));
    at = end;
  }
}

function passed(what: string): void {
  if (what !== point) return;
  left -= 1;
  if (left !== 0) return;
  if (delayMs === "0") kill();
  setTimeout(kill, Number(delayMs));
}

function kill(): void {
  process.kill(process.pid, "SIGKILL");
}

/** At once, so that it is read whatever comes next. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
