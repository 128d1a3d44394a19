import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generateSigningKey } from "../crypto/keys.ts";
import { openCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { cosign, findCosignature } from "./cosignature.ts";
import { openCosigned, verifyWitnessed } from "./cosigned-checkpoint.ts";
import { consistencyPath, leafHash, merkleRoot } from "./merkle.ts";
import { formatNote, formatVkey, openNote, parseNote, parseVkey } from "./note.ts";
import { parseWitnessPolicy } from "./witness-policy.ts";

const logKey = await generateSigningKey();
const key = await generateSigningKey();
const origin = "hub.example/x";
const name = "center.example/witness";
const log = { origin, vkey: formatVkey(origin, logKey.publicKey) };
const vkey = formatVkey(name, key.publicKey, "cosignature");
const witness = parseVkey(vkey, "cosignature");
const leaves = Array.from({ length: 9 }, (_, i) => leafHash(Uint8Array.of(i)));
const treeOf = (size: number) => ({ size, root: merkleRoot(leaves.slice(0, size)) });
const signed = await signCheckpoint({ origin, ...treeOf(9) }, logKey);
const note = parseNote(signed);
const nowMs = Date.UTC(2026, 4, 1);
const own = await cosign(note.text, { name, key, nowMs });
const cosigned = formatNote({ ...note, signatures: [...note.signatures, own] });
const policy = parseWitnessPolicy(`witness w ${vkey}\nquorum w`);
const withCode = (code: string) => expect.objectContaining({ code });

describe("a cosignature", () => {
  test("is found with the time of its signing, and none where there is none", async () => {
    expect(await findCosignature(parseNote(cosigned), witness)).toEqual({
      witness: name,
      atMs: nowMs,
    });
    expect(await findCosignature(note, witness)).toBeUndefined();
  });

  test("does not open a note, nor does the log's signature count as one", async () => {
    const asLog = formatVkey(name, key.publicKey);
    await expect(openNote(cosigned, asLog)).rejects.toThrow(withCode("ERR_NOTE_SIGNATURE"));
    const logAsWitness = parseVkey(
      formatVkey(origin, logKey.publicKey, "cosignature"),
      "cosignature",
    );
    expect(await findCosignature(note, logAsWitness)).toBeUndefined();
    const { signature } = note.signatures[0] as (typeof note.signatures)[number];
    const forged = { ...own, signature };
    await expect(findCosignature({ ...note, signatures: [forged] }, witness)).rejects.toThrow(
      withCode("ERR_NOTE_SIGNATURE"),
    );
  });

  test("is not made of anything but a checkpoint", async () => {
    for (const text of ["hello\n", "", "a\n1\nb\n", `cosignature/v1\ntime 1\n${note.text}`]) {
      await expect(cosign(text, { name, key, nowMs })).rejects.toThrow(
        withCode("ERR_CHECKPOINT_MALFORMED"),
      );
    }
  });

  test("does not hold for another checkpoint, nor with any bit changed", async () => {
    const other = parseNote(await signCheckpoint({ origin, ...treeOf(8) }, logKey));
    await expect(findCosignature({ ...other, signatures: [own] }, witness)).rejects.toThrow(
      withCode("ERR_NOTE_SIGNATURE"),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(own.signature.length * 8 - 1), async (bit) => {
        const signature = own.signature.slice();
        signature[bit >> 3] = (signature[bit >> 3] as number) ^ (1 << (bit & 7));
        const changed = { ...note, signatures: [{ ...own, signature }] };
        await expect(findCosignature(changed, witness)).rejects.toThrow(
          withCode("ERR_NOTE_SIGNATURE"),
        );
      }),
      { numRuns: 100 },
    );
  });

  test("of several, the newest counts, and one that is wrong refuses all", async () => {
    const later = await cosign(note.text, { name, key, nowMs: nowMs + 5_000 });
    const both = { ...note, signatures: [later, own] };
    expect((await findCosignature(both, witness))?.atMs).toBe(nowMs + 5_000);
    const bad = { ...own, signature: own.signature.slice(0, -1) };
    await expect(findCosignature({ ...note, signatures: [own, bad] }, witness)).rejects.toThrow(
      withCode("ERR_NOTE_SIGNATURE"),
    );
  });

  test("leaves the note one that readers without witnesses open", async () => {
    expect(await openCheckpoint(cosigned, log)).toMatchObject(treeOf(9));
  });
});

describe("a cosigned checkpoint", () => {
  test("has a quorum since the oldest of the newest cosignatures that it needs", async () => {
    const keys = await Promise.all([1, 2, 3].map(() => generateSigningKey()));
    const names = ["a", "b", "c"];
    const lines = await Promise.all(
      keys.map((each, i) =>
        cosign(note.text, { name: names[i] as string, key: each, nowMs: nowMs + i * 1_000 }),
      ),
    );
    const witnesses = keys
      .map(
        (each, i) =>
          `witness w${i} ${formatVkey(names[i] as string, each.publicKey, "cosignature")}`,
      )
      .join("\n");
    const twoOfThree = parseWitnessPolicy(`${witnesses}\ngroup g 2 w0 w1 w2\nquorum g`);
    const open = (count: number) =>
      openCosigned(
        formatNote({ ...note, signatures: [...note.signatures, ...lines.slice(0, count)] }),
        log,
        twoOfThree,
      );
    expect(await open(1)).toMatchObject({ isQuorum: false, quorumAtMs: undefined });
    expect(await open(2)).toMatchObject({ isQuorum: true, quorumAtMs: nowMs });
    expect(await open(3)).toMatchObject({ isQuorum: true, quorumAtMs: nowMs + 1_000 });
    expect((await open(3)).cosigned.map((each) => each.name)).toEqual(["w2", "w1", "w0"]);
  });

  test("of another log does not count, whoever cosigned it", async () => {
    const fork = await signCheckpoint({ origin, ...treeOf(9) }, key);
    await expect(openCosigned(fork, log, policy)).rejects.toThrow(withCode("ERR_NOTE_SIGNATURE"));
  });

  test("is refused by a policy that is for other logs", async () => {
    const elsewhere = formatVkey("hub.example/y", key.publicKey);
    const other = parseWitnessPolicy(`log ${elsewhere}\nwitness w ${vkey}\nquorum w`);
    await expect(openCosigned(cosigned, log, other)).rejects.toThrow(
      withCode("ERR_WITNESS_POLICY"),
    );
    const ours = parseWitnessPolicy(
      `log ${elsewhere}\nlog ${log.vkey}\nwitness w ${vkey}\nquorum w`,
    );
    expect(await openCosigned(cosigned, log, ours)).toMatchObject({ isQuorum: true });
  });

  test("proves each state before it, with the path from there and no other", async () => {
    for (let size = 0; size <= 9; size++) {
      const path = consistencyPath(leaves, size);
      const proof = { checkpoint: cosigned, path };
      expect(await verifyWitnessed(treeOf(size), proof, log, policy)).toMatchObject({
        isQuorum: true,
      });
      if (size === 0) continue;
      const forked = { size, root: leafHash(Uint8Array.of(77)) };
      await expect(verifyWitnessed(forked, proof, log, policy)).rejects.toThrow(
        withCode("ERR_CHECKPOINT_INCONSISTENT"),
      );
    }
  });
});
