import { describe, expect, test } from "vitest";
import { generateSigningKey } from "../crypto/keys.ts";
import { type Checkpoint, openCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { formatVkey } from "./note.ts";

const key = await generateSigningKey();
const origin = "hub.example/x";
const checkpoint: Checkpoint = { origin, size: 3, root: new Uint8Array(32).fill(1) };

describe("a checkpoint", () => {
  test("opens for its log, with the size up to 2^53 - 1", async () => {
    const vkey = formatVkey(origin, key.publicKey);
    for (const size of [0, 3, Number.MAX_SAFE_INTEGER]) {
      const note = await signCheckpoint({ ...checkpoint, size }, key);
      expect(await openCheckpoint(note, { origin, vkey })).toMatchObject({ ...checkpoint, size });
    }
  });

  test.each<[string, Partial<Checkpoint>]>([
    ["a newline in its origin", { origin: "hub\nexample" }],
    ["no origin", { origin: "" }],
    ["half an entry", { size: 0.5 }],
    ["less than no entry", { size: -1 }],
    ["a size above 2^53 - 1", { size: 2 ** 53 }],
    ["a root of 31 bytes", { root: new Uint8Array(31) }],
  ])("is not signed with %s", async (_, wrong) => {
    await expect(signCheckpoint({ ...checkpoint, ...wrong }, key)).rejects.toThrow(
      expect.objectContaining({ code: "ERR_CHECKPOINT_MALFORMED" }),
    );
  });
});
