import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  formatAddCheckpoint,
  formatVkey,
  generateSigningKey,
  leafHash,
  ManualClock,
  merkleRoot,
  signCheckpoint,
  utf8,
} from "@tributary/proto";
import { expect, test } from "vitest";
import { fileCheckpointStore } from "../src/adapters/file-checkpoint-store.ts";
import { ensureKeyFile } from "../src/adapters/file-keys.ts";
import { ensureFile } from "../src/adapters/file-write.ts";
import { NOTHING_COSIGNED, Witness } from "../src/publish/witness.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const LIFE = fileURLToPath(new URL("witness-life.ts", import.meta.url));

test("a witness that is killed before it answers knows after its start what it was about to cosign", async () => {
  await using folder = await temporaryFolder();
  const origin = "hub.example/x";
  const logKey = await generateSigningKey();
  const vkey = formatVkey(origin, logKey.publicKey);
  const file = join(folder.path, "witness.checkpoint");
  await ensureFile(file, NOTHING_COSIGNED, 0o600);
  const key = await ensureKeyFile(join(folder.path, "witness.jwk"));
  const requestOf = async (text: string, oldSize: number) => {
    const root = merkleRoot([leafHash(utf8(text))]);
    const checkpoint = await signCheckpoint({ origin, size: 1, root }, logKey);
    return formatAddCheckpoint({ oldSize, path: [], checkpoint });
  };
  const died = spawnSync(
    process.execPath,
    ["--conditions=source", LIFE, folder.path, origin, vkey],
    { input: await requestOf("one history", 0), encoding: "utf8", timeout: 60_000 },
  );
  expect([died.signal, died.stdout, died.stderr]).toEqual(["SIGKILL", "", ""]);

  await ensureFile(file, NOTHING_COSIGNED, 0o600);
  const witness = new Witness({
    log: { origin, vkey },
    name: "w",
    key,
    store: fileCheckpointStore(file),
    clock: new ManualClock(),
    onCosigned: () => {},
    onContradiction: () => {},
  });
  expect(await witness.answer(await requestOf("another history", 0))).toEqual({
    status: 409,
    body: "1\n",
  });
  expect((await witness.answer(await requestOf("another history", 1))).status).toBe(409);
  expect((await witness.answer(await requestOf("one history", 1))).status).toBe(200);
}, 90_000);
