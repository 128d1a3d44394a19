/**
 * A witness in a process of its own, which dies when what it is about to cosign is on the disk.
 *
 * Usage: witness-life.ts FOLDER ORIGIN VKEY < request
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@tributary/proto";
import { fileCheckpointStore } from "../src/adapters/file-checkpoint-store.ts";
import { readKeyFile } from "../src/adapters/file-keys.ts";
import { Witness } from "../src/publish/witness.ts";

const [folder = "", origin = "", vkey = ""] = process.argv.slice(2);
const store = fileCheckpointStore(join(folder, "witness.checkpoint"));
const witness = new Witness({
  log: { origin, vkey },
  name: "w",
  key: await readKeyFile(join(folder, "witness.jwk")),
  store: {
    read: () => store.read(),
    write: async (note) => {
      await store.write(note);
      process.kill(process.pid, "SIGKILL");
      await new Promise(() => {});
    },
  },
  clock: systemClock,
  onCosigned: () => {},
  onContradiction: () => {},
});
const { body } = await witness.answer(readFileSync(0, "utf8"));
console.log(body);
