/** Writes the files of all three centers: `node write-all.ts OUTDIR`. */
import { join } from "node:path";
import { CENTERS } from "./index.ts";

const [, , folder] = process.argv;
if (folder === undefined) {
  console.error("Usage: node examples/federation/centers/write-all.ts OUTDIR");
  process.exitCode = 2;
} else {
  for (const center of CENTERS) {
    await center.write(join(folder, center.id));
    console.log(`${center.id}: ${center.nameZh}`);
  }
}
