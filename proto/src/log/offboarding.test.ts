import { beforeAll, describe, expect, test } from "vitest";
import { generateSigningKey, type SigningKey } from "../crypto/keys.ts";
import { signCheckpoint, type TrustedLog } from "./checkpoint.ts";
import { formatVkey, signNote } from "./note.ts";
import { type Offboarding, openOffboarding, signOffboarding } from "./offboarding.ts";

let key: SigningKey;
let trusted: TrustedLog;
const value: Offboarding = {
  hubOrigin: "hub.example/log",
  centerId: "jinling",
  leftAtPosition: 41,
  logSize: 99,
  logRoot: new Uint8Array(32).fill(7),
  atMs: Date.UTC(2026, 10, 29, 8, 0, 1),
  catalogRecords: 0,
  indexDocuments: 1,
  entities: 2,
  versions: 30,
  contents: 4,
};

beforeAll(async () => {
  key = await generateSigningKey();
  trusted = { origin: value.hubOrigin, vkey: formatVkey(value.hubOrigin, key.publicKey) };
});

describe("an offboarding certificate", () => {
  test("says what was signed, in words", async () => {
    const note = await signOffboarding(value, key);
    expect(note).toContain(
      "center jinling\nleft at entry 41\nlog size 99 root BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\nat 2026-11-29T08:00:01Z\n",
    );
    expect(note).toContain("contents in the log 4 of 30 versions\n");
    expect(await openOffboarding(note, trusted)).toEqual(value);
  });

  test("is refused when a figure changed, or another key signed it", async () => {
    const note = await signOffboarding(value, key);
    const refused = { code: "ERR_NOTE_SIGNATURE" };
    const changed = note.replace("index 1", "index 0");
    await expect(openOffboarding(changed, trusted)).rejects.toMatchObject(refused);
    const forged = await signOffboarding(value, await generateSigningKey());
    await expect(openOffboarding(forged, trusted)).rejects.toMatchObject(refused);
  });

  test("is not another note of the same key, nor for another hub", async () => {
    const { hubOrigin: origin, logSize: size, logRoot: root } = value;
    for (const note of [
      await signCheckpoint({ origin, size, root }, key),
      await signNote("tributary offboarding certificate 1\n", origin, key),
      await signNote(await textOf({ ...value, hubOrigin: "other.hub/log" }), origin, key),
      await signNote(await textOf({ ...value, centerId: "A B" }), origin, key),
    ]) {
      await expect(openOffboarding(note, trusted)).rejects.toMatchObject({
        code: "ERR_CERTIFICATE_MALFORMED",
      });
    }
  });
});

async function textOf(other: Offboarding): Promise<string> {
  const note = await signOffboarding(other, key);
  return note.slice(0, note.lastIndexOf("\n\n") + 1);
}
