/**
 * How well does entity resolution tell which records are one thing?
 *
 * Runs the production functions over record sets with a truth and prints precision, recall and F1 of pairs, B-cubed, how
 * many records a person is asked about, and seconds (reading left out), as a table and as one JSON line. `auto` is what is
 * linked without a person; `overall` links whatever is more probable than not, as a person would who only had the
 * probability.
 *
 * DIR holds one or more record sets: a CSV with an id column and its truth, `X.csv` with `X_truth.csv` or `X_labels.csv`
 * (pairs of ids, perhaps with a label, or an id and its entity), or with a column `cluster`; `Xa.csv` and `Xb.csv` are two
 * lists to link. Two lists anywhere: --left, --right, --truth. Ids of Febrl (rec-7-org, rec-7-dup-0) are a truth.
 *
 * What columns hold is guessed from their titles, or said by a YAML file beside the table (`X.yaml`, `columns.yaml`) or
 * given with --columns. It maps columns to types; columns that it does not name are left out:
 *
 *     id: rec_id
 *     columns:
 *       company_name: name     # also given_name, surname
 *       short_name: alias
 *       credit_code: code
 *       office: address        # also city, website, email, phone, date, text
 *
 * Usage: npm run eval -- entities [DIR | --left FILE --right FILE] [--truth FILE] [--columns FILE.yaml]
 *   [--unique left|right|both|none]  lists without duplicates, when two are linked; default left
 *   [--show N]  the N worst errors
 *
 * @module
 */

import { parseArgs } from "node:util";
import { report } from "../../.tools/bench-report.ts";
import { THRESHOLDS, type Thresholds } from "../src/catalog/entities/decision.ts";
import type { Model } from "../src/catalog/entities/model.ts";
import { resolve } from "../src/catalog/entities/resolve.ts";
import type { Resolver } from "../src/catalog/entities/resolver.ts";
import { reviewQueue } from "../src/catalog/entities/review.ts";
import { trainModel } from "../src/catalog/entities/train.ts";
import {
  type EntityData,
  findEntityFiles,
  LEFT,
  RIGHT,
  readEntityData,
} from "./support/entity-data.ts";
import { entityErrors } from "./support/entity-errors.ts";
import { entityFigures } from "./support/entity-figures.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    left: { type: "string" },
    right: { type: "string" },
    truth: { type: "string" },
    columns: { type: "string" },
    unique: { type: "string", default: "left" },
    show: { type: "string", default: "0" },
  },
});
const files = await filesOf();
const runs: Record<string, Record<string, number>> = {};
for (const set of files) {
  const data = await readEntityData(set, options.columns);
  runs[data.name] = run(data);
}
console.table(runs);
const all = Object.values(runs);
const mean = (key: string) =>
  all.reduce((sum, figures) => sum + (figures[key] ?? 0), 0) / all.length;
report("eval-entities", {
  ...Object.fromEntries(Object.keys(all[0] ?? {}).map((key) => [key, mean(key)])),
  ...(all.length > 1 && { runs }),
});

async function filesOf() {
  const [folder] = positionals;
  if (options.left !== undefined && options.right !== undefined) {
    return [{ name: "link", records: [options.left, options.right], truth: options.truth }];
  }
  const found = folder === undefined ? [] : await findEntityFiles(folder);
  if (found.length > 0) {
    return options.truth === undefined
      ? found
      : found.map((set) => ({ ...set, truth: options.truth }));
  }
  console.error(
    "usage: npm run eval -- entities [DIR | --left FILE --right FILE] [--truth FILE] [--columns FILE.yaml]",
  );
  process.exit(2);
}

function run(data: EntityData): Record<string, number> {
  const started = performance.now();
  const model = trainModel(data.schema, data.records, data.isLink ? "across" : "all");
  const resolver = resolved(data, model, THRESHOLDS);
  const found = entityByRecord(resolver);
  const questions = reviewQueue(resolver, () => 1);
  const seconds = (performance.now() - started) / 1000;
  const likely = resolved(data, model, { ...THRESHOLDS, autoBits: 0, marginBits: 0 });
  const auto = entityFigures(data.records, data.truth, found, data.isLink);
  const overall = entityFigures(data.records, data.truth, entityByRecord(likely), data.isLink);
  // Of two lists, people go through the right one.
  const asking = new Set(
    data.records.filter(({ source }) => !data.isLink || source === RIGHT).map(({ id }) => id),
  );
  const asked = new Set(questions.map(({ a, b }) => (asking.has(a) ? a : b)));
  for (const line of entityErrors(data, resolver, found, Number(options.show))) console.log(line);
  return {
    records: data.records.length,
    auto_p: auto.p,
    auto_r: auto.r,
    auto_f1: auto.f1,
    p: overall.p,
    r: overall.r,
    f1: overall.f1,
    bcubed: overall.bcubed,
    review_share: asked.size / asking.size,
    seconds,
  };
}

function resolved({ records, isLink }: EntityData, model: Model, thresholds: Thresholds): Resolver {
  const unique = { left: [LEFT], right: [RIGHT], both: [LEFT, RIGHT] }[options.unique] ?? [];
  return resolve(model, records, [], { thresholds, uniqueSources: new Set(isLink ? unique : []) });
}

function entityByRecord(resolver: Resolver): ReadonlyMap<string, string> {
  return new Map(
    resolver
      .entities()
      .flatMap(({ id, members }) => members.map((member) => [member, id] as const)),
  );
}
