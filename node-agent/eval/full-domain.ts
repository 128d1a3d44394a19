/**
 * What would ARX lose on a table, and do we find the same optimum?
 *
 * The best full-domain generalisation of the records of DIR (the layout of `npm run eval -- anonymity`) for k, by ARX's
 * Loss, for each limit on the share of records that may be left out. All columns with a hierarchy count. Prints a table
 * and one JSON line.
 *
 * Usage: npm run eval -- full-domain DIR [--k 5] [--limits 1,0.04,0] [--qi NAME,NAME]
 *
 * @module
 */

import { parseArgs } from "node:util";
import Table from "cli-table3";
import { report } from "../../.tools/bench-report.ts";
import { searchFullDomain } from "../src/privacy/what-if/full-domain.ts";
import { readWhatIfFolder } from "./support/what-if-folder.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    k: { type: "string", default: "5" },
    limits: { type: "string", default: "1,0.04,0" },
    qi: { type: "string" },
  },
});
const [folder] = positionals;
const k = Number(options.k);
const limits = options.limits.split(",").map(Number);
if (folder === undefined || !limits.every((limit) => limit >= 0 && limit <= 1)) {
  console.error(
    "usage: npm run eval -- full-domain DIR [--k 5] [--limits 1,0.04,0] [--qi NAME,NAME]",
  );
  process.exit(2);
}
const table = await readWhatIfFolder(folder, { names: options.qi?.split(",") });
console.log(
  `${table.size} records, k = ${k}; ${table.attributes.map(({ name }) => name).join(", ")}`,
);

const shown = new Table({ head: ["limit", "Loss", "levels", "left out", "classes", "seconds"] });
const byLimit: Record<string, object> = {};
for (const limit of limits) {
  const begin = performance.now();
  const result = searchFullDomain(table, k, Math.floor(limit * table.size));
  const seconds = Number(((performance.now() - begin) / 1000).toFixed(3));
  const { levels, loss, suppressed, classes } = result;
  shown.push([limit, loss, levels.join(" "), suppressed, classes, seconds]);
  byLimit[limit] = { ...result, seconds };
}
console.log(shown.toString());
report("eval-full-domain", { records: table.size, k, by_limit: byLimit });
