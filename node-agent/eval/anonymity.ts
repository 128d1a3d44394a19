/**
 * How much would k-anonymity cost a table?
 *
 * Generalises the records of DIR with the what-if engine for each k and prints what is lost, as a table and as one JSON
 * line; checks that each class has k records at least, and fails otherwise. DIR holds one CSV file with a header and, for
 * each quasi-identifier, `*_hierarchy_NAME.csv` with one line a value: the value and its labels up to `*`; both with `;`
 * or `,`. The sensitive attribute is none of the quasi-identifiers. Times are those of the generalisation; reading is not
 * in them. `ncp`, `c_avg` and `seconds` of the JSON line are those of k = 5, or of the first k if 5 is not asked for.
 *
 * Usage: npm run eval -- anonymity DIR [--k 2,5,10] [--qi NAME,NAME] [--sensitive NAME]
 *
 * @module
 */

import { parseArgs } from "node:util";
import Table from "cli-table3";
import { report } from "../../.tools/bench-report.ts";
import { assertAnonymous, measure } from "../src/privacy/what-if/measures.ts";
import { anonymize } from "../src/privacy/what-if/mondrian.ts";
import { readWhatIfFolder } from "./support/what-if-folder.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    k: { type: "string", default: "2,5,10,20,50,100" },
    qi: { type: "string" },
    sensitive: { type: "string", default: "salary-class" },
  },
});
const [folder] = positionals;
const ks = options.k.split(",").map(Number);
if (folder === undefined || !ks.every((k) => Number.isInteger(k) && k > 0)) {
  console.error(
    "usage: npm run eval -- anonymity DIR [--k 2,5,10] [--qi NAME,NAME] [--sensitive NAME]",
  );
  process.exit(2);
}
const table = await readWhatIfFolder(folder, {
  sensitive: options.sensitive,
  names: options.qi?.split(","),
});
const quasiIdentifiers = table.attributes.map(({ name }) => name);
console.log(`${table.size} records; quasi-identifiers: ${quasiIdentifiers.join(", ")}`);

const shown = new Table({ head: ["k", "NCP", "C_avg", "DM", "classes", "smallest", "seconds"] });
const byK: Record<string, { ncp: number; c_avg: number; seconds: number; classes: number }> = {};
for (const k of ks) {
  const begin = performance.now();
  const classes = anonymize(table, k);
  const seconds = (performance.now() - begin) / 1000;
  assertAnonymous(table, classes, k);
  const { ncp, cAvg, discernibility, smallest } = measure(table, classes, k);
  byK[k] = {
    ncp: Number(ncp.toFixed(4)),
    c_avg: Number(cAvg.toFixed(3)),
    seconds: Number(seconds.toFixed(3)),
    classes: classes.length,
  };
  const figures = [ncp.toFixed(4), cAvg.toFixed(3), discernibility, classes.length, smallest];
  shown.push([k, ...figures, seconds.toFixed(3)]);
}
console.log(shown.toString());
const k = ks.includes(5) ? 5 : (ks[0] as number);
const { ncp, c_avg, seconds } = byK[k] as (typeof byK)[string];
report("eval-anonymity", {
  records: table.size,
  quasi_identifiers: quasiIdentifiers,
  k,
  ncp,
  c_avg,
  seconds,
  by_k: byK,
});
