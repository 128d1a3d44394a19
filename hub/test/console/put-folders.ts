/** A thread that puts many folders to one place, each with two files of one content. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workerData } from "node:worker_threads";
import { putFolder } from "../../console/put-folder.ts";

const { folder, name, rounds } = workerData as {
  readonly folder: string;
  readonly name: string;
  readonly rounds: number;
};
for (let round = 0; round < rounds; round += 1) {
  const fresh = join(folder, `${name}-${round}`);
  mkdirSync(fresh);
  for (const file of ["a", "b"]) writeFileSync(join(fresh, file), `${name} ${round}`);
  putFolder(fresh, join(folder, "target"));
}
