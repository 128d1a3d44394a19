/**
 * Vectors of witnesses: cosigned checkpoints against policies, and requests to cosign.
 *
 * @module
 */

import {
  cosign,
  formatAddCheckpoint,
  formatNote,
  formatSignatureLine,
  formatVkey,
  leafHash,
  merkleRoot,
  type NoteSignature,
  parseNote,
  signCheckpoint,
  utf8,
} from "@tributary/proto";
import { toVector, type VectorFile } from "./json.ts";
import { centerKey, HUB_ORIGIN, HUB_VKEY, hubKey, otherKey } from "./keys.ts";
import { flip } from "./wire.ts";

const leaves = Array.from({ length: 7 }, (_, i) => leafHash(utf8(String(i))));
const note = parseNote(
  await signCheckpoint({ origin: HUB_ORIGIN, size: 7, root: merkleRoot(leaves) }, hubKey),
);
const SIGNED_AT_MS = 1_767_225_601_000;
const NAMES = ["center.example/witness", "other.example/witness"] as const;
const VKEYS = [
  formatVkey(NAMES[0], centerKey.publicKey, "cosignature"),
  formatVkey(NAMES[1], otherKey.publicKey, "cosignature"),
] as const;

const one = await cosign(note.text, { name: NAMES[0], key: centerKey, nowMs: SIGNED_AT_MS });
const two = await cosign(note.text, {
  name: NAMES[1],
  key: otherKey,
  nowMs: SIGNED_AT_MS + 60_000,
});
const withLines = (...more: readonly NoteSignature[]) =>
  formatNote({ text: note.text, signatures: [...note.signatures, ...more] });
const changed = (signature: Uint8Array): NoteSignature => ({ ...one, signature });

const POLICIES = {
  "one of two": `witness one ${VKEYS[0]}\nwitness two ${VKEYS[1]}\ngroup any-of-us any one two\nquorum any-of-us\n`,
  both: `# both\nlog ${HUB_VKEY} https://hub.example\nwitness one ${VKEYS[0]}\n\twitness  two ${VKEYS[1]} https://two.example \ngroup both 2 one two\n\nquorum both\n`,
  nobody: "quorum none",
} as const;

/** Checkpoints with cosignatures. */
export function cosignatureVectors(): VectorFile {
  const valid = [
    ["no witness", withLines(), [], ["nobody"]],
    ["one witness", withLines(one), ["one"], ["one of two", "nobody"]],
    ["both witnesses", withLines(two, one), ["one", "two"], ["one of two", "both", "nobody"]],
  ] as const;
  const invalid: readonly (readonly [name: string, note: string])[] = [
    ["the time changed", withLines(changed(flip(one.signature, 7)))],
    ["the signature changed", withLines(changed(flip(one.signature, 8)))],
    ["a signature without time", withLines(changed(one.signature.slice(8)))],
    ["a time above 2^53 ms", withLines(changed(flip(one.signature, 0)))],
    ["a good and a wrong one of a witness", withLines(one, changed(flip(one.signature, 70)))],
    ["the signature of another witness", withLines({ ...one, signature: two.signature })],
  ];
  return {
    description:
      "Cosigned checkpoints (C2SP tlog-cosignature), with vkey for origin, against policies (C2SP tlog-policy). lines: what a witness answers, its vkey, and the time, with the keys of this folder. valid: witnesses are those that have cosigned, quorumOf the policies that are met. invalid: refused with ERR_NOTE_SIGNATURE, with each policy that names the witness.",
    origin: HUB_ORIGIN,
    vkey: HUB_VKEY,
    policies: POLICIES,
    lines: [
      { vkey: VKEYS[0], key: "center", atMs: SIGNED_AT_MS, line: formatSignatureLine(one) },
      { vkey: VKEYS[1], key: "other", atMs: SIGNED_AT_MS + 60_000, line: formatSignatureLine(two) },
    ],
    valid: valid.map(([name, text, witnesses, quorumOf]) => ({
      name,
      note: text,
      witnesses: [...witnesses],
      quorumOf: [...quorumOf],
    })),
    invalid: invalid.map(([name, text]) => ({ name, note: text })),
  };
}

/** Requests to cosign, and policies that are none. */
export function addCheckpointVectors(): VectorFile {
  const checkpoint = withLines();
  const path = [leaves[1], leaves[2]] as Uint8Array[];
  const text = formatAddCheckpoint({ oldSize: 3, path, checkpoint });
  const line = text.split("\n")[1] as string;
  return {
    description:
      "Requests of C2SP tlog-witness add-checkpoint. valid: value and text belong together, in both directions. invalid: refused with ERR_ADD_CHECKPOINT_MALFORMED. The checkpoint is read later.",
    valid: [
      { name: "two hashes", value: toVector({ oldSize: 3, path, checkpoint }), text },
      {
        name: "from nothing",
        value: toVector({ oldSize: 0, path: [], checkpoint }),
        text: formatAddCheckpoint({ oldSize: 0, path: [], checkpoint }),
      },
    ],
    invalid: [
      { name: "no text at all", text: "" },
      { name: "no old size", text: text.replace("old 3\n", "") },
      { name: "another word", text: text.replace("old", "size") },
      { name: "a leading zero", text: text.replace("old 3", "old 03") },
      { name: "a negative size", text: text.replace("old 3", "old -3") },
      { name: "a size above 2^53", text: text.replace("old 3", "old 9007199254740993") },
      { name: "a carriage return", text: text.replace("old 3", "old 3\r") },
      { name: "a hash without padding", text: text.replace(line, line.slice(0, -1)) },
      { name: "a hash of 31 bytes", text: text.replace(line, `${"A".repeat(41)}A=`) },
      { name: "64 hashes", text: text.replace(line, Array(63).fill(line).join("\n")) },
      { name: "no blank line", text: text.replaceAll("\n\n", "\n") },
    ],
  };
}
