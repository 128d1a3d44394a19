import {
  consistencyPath,
  formatAddCheckpoint,
  formatNote,
  formatVkey,
  generateSigningKey,
  leafHash,
  ManualClock,
  MemoryCheckpointStore,
  merkleRoot,
  openCosigned,
  parseNote,
  parseSignatureLines,
  parseWitnessPolicy,
  signCheckpoint,
  utf8,
} from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NOTHING_COSIGNED, Witness } from "./witness.ts";

const origin = "hub.example/x";
const logKey = await generateSigningKey();
const key = await generateSigningKey();
const log = { origin, vkey: formatVkey(origin, logKey.publicKey) };
const name = `${origin}/witness/copper`;
const policy = parseWitnessPolicy(
  `witness w ${formatVkey(name, key.publicKey, "cosignature")}\nquorum w`,
);
const leavesOf = (history: string) =>
  Array.from({ length: 40 }, (_, i) => leafHash(utf8(i < 5 ? `${i}` : `${history} ${i}`)));
const HISTORIES = { a: leavesOf("a"), b: leavesOf("b") } as const;
type History = keyof typeof HISTORIES;

const noteOf = (history: History, size: number, signer = logKey, name = origin) =>
  signCheckpoint(
    { origin: name, size, root: merkleRoot(HISTORIES[history].slice(0, size)) },
    signer,
  );

async function request(history: History, oldSize: number, size: number): Promise<string> {
  const path = oldSize <= size ? consistencyPath(HISTORIES[history].slice(0, size), oldSize) : [];
  return formatAddCheckpoint({ oldSize, path, checkpoint: await noteOf(history, size) });
}

/** A witness that has cosigned nothing. */
async function world(store = new MemoryCheckpointStore()) {
  if ((await store.read()) === undefined) await store.write(utf8(NOTHING_COSIGNED));
  const contradictions: string[] = [];
  const cosigned: number[] = [];
  const witness = new Witness({
    log,
    name,
    key,
    store,
    clock: new ManualClock(),
    onCosigned: (size) => cosigned.push(size),
    onContradiction: (note) => contradictions.push(note),
  });
  return { witness, store, contradictions, cosigned };
}

describe("a witness", () => {
  test("cosigns what extends what it cosigned, and the same again", async () => {
    const { witness, cosigned } = await world();
    for (const [oldSize, size] of [
      [0, 3],
      [3, 8],
      [8, 8],
      [8, 40],
    ] as const) {
      const { status, body } = await witness.answer(await request("a", oldSize, size));
      expect(status).toBe(200);
      const note = parseNote(await noteOf("a", size));
      const signatures = [...note.signatures, ...parseSignatureLines(body)];
      expect(await openCosigned(formatNote({ ...note, signatures }), log, policy)).toMatchObject({
        isQuorum: true,
      });
    }
    expect(cosigned).toEqual([3, 8, 8, 40]);
  });

  test("says what it cosigned last to a log that believes something else", async () => {
    const { witness } = await world();
    await witness.answer(await request("a", 0, 8));
    for (const [oldSize, size] of [
      [0, 9],
      [7, 9],
      [0, 3],
      [9, 9],
    ] as const) {
      expect(await witness.answer(await request("a", oldSize, size))).toEqual({
        status: 409,
        body: "8\n",
      });
    }
  });

  test("refuses a fork of its size with a conflict, one behind it as inconsistent, and tells both", async () => {
    const { witness, contradictions, store } = await world();
    await witness.answer(await request("a", 0, 8));
    const held = await store.read();
    expect(await witness.answer(await request("b", 8, 8))).toEqual({ status: 409, body: "8\n" });
    expect(await witness.answer(await request("b", 8, 20))).toMatchObject({ status: 422 });
    expect(contradictions).toEqual([await noteOf("b", 8), await noteOf("b", 20)]);
    expect(await store.read()).toEqual(held);
    expect((await witness.answer(await request("a", 8, 20))).status).toBe(200);
  });

  test("answers as tlog-witness says to what is no request, of another log, or signed by another", async () => {
    const { witness, store } = await world();
    const path: Uint8Array[] = [];
    const ask = async (checkpoint: string, oldSize = 0) =>
      (await witness.answer(formatAddCheckpoint({ oldSize, path, checkpoint }))).status;
    expect((await witness.answer("hello")).status).toBe(400);
    expect(await ask("hello\n")).toBe(400);
    expect(await ask(await noteOf("a", 8), 9)).toBe(400);
    expect(await ask(await noteOf("a", 8, logKey, "hub.example/y"))).toBe(404);
    expect(await ask(await noteOf("a", 8, key))).toBe(403);
    const long = formatAddCheckpoint({
      oldSize: 0,
      path: [new Uint8Array(32)],
      checkpoint: await noteOf("a", 8),
    });
    expect((await witness.answer(long)).status).toBe(422);
    expect(await store.read()).toEqual(utf8(NOTHING_COSIGNED));
  });

  test("has stored a checkpoint before it signs it, and signs nothing that it could not store", async () => {
    const { store } = await world();
    const full = Object.assign(Object.create(store), {
      read: () => store.read(),
      write: () => Promise.reject(new Error("the disk is full")),
    });
    const { witness, cosigned } = await world(full as MemoryCheckpointStore);
    await expect(witness.answer(await request("a", 0, 8))).rejects.toThrow("full");
    expect(cosigned).toEqual([]);
    // A crash between the two: the log asks again, and hears how far the witness is.
    await store.write(utf8(await noteOf("a", 8)));
    const again = await world(store);
    expect(await again.witness.answer(await request("a", 0, 8))).toEqual({
      status: 409,
      body: "8\n",
    });
    expect((await again.witness.answer(await request("b", 8, 8))).status).toBe(409);
    expect((await again.witness.answer(await request("a", 8, 8))).status).toBe(200);
  });

  test("that forgot what it cosigned last signs nothing", async () => {
    for (const damaged of [
      undefined,
      new Uint8Array(),
      utf8("x"),
      utf8(await noteOf("a", 8, key)),
    ]) {
      const store = new MemoryCheckpointStore();
      const { witness } = await world(store);
      await store.write(damaged as Uint8Array);
      await expect(witness.answer(await request("a", 0, 8))).rejects.toThrow(
        expect.objectContaining({ code: "ERR_STORE_DAMAGED" }),
      );
    }
  });

  test("asked in any order, at once, by a log with two histories, cosigns one of them only", async () => {
    const ask = fc.record({
      history: fc.constantFrom<History>("a", "b"),
      oldSize: fc.nat(12),
      size: fc.integer({ min: 1, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { maxLength: 12 }), async (asks) => {
        const { witness } = await world();
        const sizes = { a: 0, b: 0 };
        const requests = await Promise.all(
          asks.map(({ history, oldSize, size }) => request(history, oldSize, size)),
        );
        const answers = await Promise.all(requests.map((each) => witness.answer(each)));
        let last = 0;
        for (const [i, { status }] of answers.entries()) {
          const { history, size } = asks[i] as (typeof asks)[number];
          if (status !== 200) continue;
          expect(size).toBeGreaterThanOrEqual(last);
          last = size;
          sizes[history] = Math.max(sizes[history], size);
        }
        // The first five entries are of both.
        expect(Math.min(sizes.a, sizes.b)).toBeLessThanOrEqual(5);
      }),
      { numRuns: 60 },
    );
  });
});
