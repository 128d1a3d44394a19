/**
 * Record sets with a truth, to test entity resolution on.
 *
 * @module
 */

import { existsSync, readdirSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { EntityField, EntityRecord, EntitySchema } from "../../src/catalog/entities/record.ts";
import { type CsvTable, parseCsv } from "./csv.ts";
import { planColumns } from "./entity-columns.ts";

/** A record set and what is true of it. */
export interface EntityData {
  readonly name: string;
  readonly schema: EntitySchema;
  readonly records: readonly EntityRecord[];
  /** True entity by record; a record that is not here is alone. */
  readonly truth: ReadonlyMap<string, string>;
  /** True if two lists are to be linked: only pairs of different sources count. */
  readonly isLink: boolean;
}

/** Source of the records of the two lists. */
export const LEFT = "left";
/** See {@link LEFT}. */
export const RIGHT = "right";

/** Files of a record set. */
export interface EntityFiles {
  readonly name: string;
  /** One to find duplicates in, or two to link. */
  readonly records: readonly string[];
  readonly truth: string | undefined;
}

const TRUTH = /(?:^|[_-])(?:truth|labels?|pairs?|matches|clusters?|gold|links)(?=[_.-]|$)/i;

/**
 * The record sets of a folder. `X_labels.csv` and `X_truth.csv` are the truth of `X.csv`, a truth that names no file is
 * that of all; `Xa.csv` and `Xb.csv`, or `left.csv` and `right.csv`, are two lists to link, and so are any two with one
 * truth that names neither.
 */
export async function findEntityFiles(folder: string): Promise<readonly EntityFiles[]> {
  const names = (await readdir(folder)).filter((name) => /\.csv$/i.test(name)).sort();
  const records = names.filter((name) => !TRUTH.test(name));
  const truths = names.filter((name) => TRUTH.test(name));
  const isPair =
    records.length === 2 &&
    truths.length === 1 &&
    !records.some((name) => truths[0]?.startsWith(name.replace(/\.csv$/i, "")));
  const sets = Map.groupBy(records, (name) => {
    if (isPair) return "pair";
    const partner = partnerOf(name);
    return partner !== undefined && records.includes(partner)
      ? [name, partner].sort().join()
      : name;
  });
  const found: EntityFiles[] = [];
  for (const set of sets.values()) {
    const stem = (set[0] ?? "").replace(/\.csv$/i, "");
    const truth =
      truths.find((name) => name.startsWith(stem) || name.startsWith(stem.slice(0, -1))) ??
      (sets.size === 1 ? truths[0] : undefined);
    found.push({
      name: set.map((name) => basename(name, ".csv")).join("+"),
      records: set.map((name) => join(folder, name)),
      truth: truth === undefined ? undefined : join(folder, truth),
    });
  }
  return found;
}

function partnerOf(name: string): string | undefined {
  for (const [one, other] of [
    ["left", "right"],
    ["a.csv", "b.csv"],
    ["A.csv", "B.csv"],
  ] as const) {
    if (name.includes(one)) return name.replace(one, other);
    if (name.includes(other)) return name.replace(other, one);
  }
  return undefined;
}

/** Reads a record set. @param columns A mapping file for all its tables; by default the one beside each table. */
export async function readEntityData(files: EntityFiles, columns?: string): Promise<EntityData> {
  const isLink = files.records.length > 1;
  const records: EntityRecord[] = [];
  const truth = new Map<string, string>();
  let schema: EntitySchema | undefined;
  for (const [i, file] of files.records.entries()) {
    const table = parseCsv(await readFile(file, "utf8"));
    const mapping = columns ?? mappingBeside(file);
    const plan = planColumns(
      table.columns,
      mapping === undefined ? undefined : await readFile(mapping, "utf8"),
    );
    schema ??= { fields: plan.fields };
    const names = alignedNames(plan.fields, schema.fields);
    const side = i === 0 ? LEFT : RIGHT;
    const knownIds = new Set(records.map(({ id }) => id));
    for (const row of table.rows) {
      const own = row[plan.id] ?? "";
      if (own === "") throw new Error(`${file} has a row without ${plan.id}`);
      // The two lists may number their records alike.
      const id = knownIds.has(own) ? `${RIGHT}:${own}` : own;
      const source = isLink ? side : plan.source === undefined ? "" : (row[plan.source] ?? "");
      const values = Object.fromEntries(
        plan.fields.map(({ name }) => [names.get(name) ?? "", row[name] ?? ""]),
      );
      records.push({ id, source, since: records.length, values });
      const cluster = plan.cluster === undefined ? undefined : row[plan.cluster];
      if (cluster !== undefined && cluster !== "") truth.set(id, cluster);
      const febrl = /^rec-(\d+)-(?:org|dup)/.exec(own)?.[1];
      if (febrl !== undefined) truth.set(id, febrl);
    }
  }
  if (schema === undefined) throw new Error("no records");
  if (files.truth !== undefined) {
    truth.clear();
    readTruth(parseCsv(await readFile(files.truth, "utf8")), records, truth);
  }
  if (truth.size === 0) throw new Error(`${files.name} has no truth`);
  return { name: files.name, schema, records, truth, isLink };
}

/** What the fields of one list are called in the other: the first address is the first address. */
function alignedNames(
  own: readonly EntityField[],
  others: readonly EntityField[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [type, fields] of Map.groupBy(own, (field) => field.type)) {
    const counterparts = others.filter((field) => field.type === type);
    for (const [i, { name }] of fields.entries()) {
      const isShared = counterparts.some((field) => field.name === name);
      names.set(name, isShared ? name : (counterparts[i]?.name ?? name));
    }
  }
  return names;
}

function mappingBeside(file: string): string | undefined {
  const folder = dirname(file);
  const stem = basename(file).replace(/\.csv$/i, "");
  const named = [stem, "columns", "mapping", "schema", "fields"]
    .flatMap((name) => [`${name}.yaml`, `${name}.yml`])
    .find((name) => existsSync(join(folder, name)));
  const all = readdirSync(folder).filter((name) => /\.ya?ml$/i.test(name));
  const only = named ?? (all.length === 1 ? all[0] : undefined);
  return only === undefined ? undefined : join(folder, only);
}

/** Pairs of ids, with or without a label, or the entity of each id. */
function readTruth(table: CsvTable, records: readonly EntityRecord[], truth: Map<string, string>) {
  const ids = new Set(records.map(({ id }) => id));
  // The two lists may number their records alike; an empty cell is a record without a partner.
  const rightId = (id: string) => (ids.has(`${RIGHT}:${id}`) ? `${RIGHT}:${id}` : id);
  const shareOfIds = (column: string) => {
    const filled = table.rows.map((row) => row[column] ?? "").filter((id) => id !== "");
    return filled.filter((id) => ids.has(rightId(id))).length / Math.max(1, filled.length);
  };
  const isCluster = (column: string) => /cluster|entity|group/i.test(column);
  const idColumns = table.columns.filter(
    (column) => !isCluster(column) && shareOfIds(column) > 0.5,
  );
  const [first, second] = idColumns;
  if (first === undefined) throw new Error("the truth names none of the records");
  if (second === undefined) {
    const entity =
      table.columns.find(isCluster) ?? table.columns.find((column) => column !== first);
    if (entity === undefined) throw new Error("the truth has only one column");
    for (const row of table.rows) {
      if (row[entity] !== "") truth.set(row[first] ?? "", row[entity] ?? "");
    }
    return;
  }
  const label = table.columns.find((column) => /score|label|match|same|truth/i.test(column));
  const owner = new Map<string, string>();
  const rootOf = (id: string): string => {
    const next = owner.get(id);
    return next === undefined || next === id ? id : rootOf(next);
  };
  for (const row of table.rows) {
    const a = row[first] ?? "";
    const b = rightId(row[second] ?? "");
    if (!ids.has(a) || !ids.has(b) || (label !== undefined && !isYes(row[label]))) continue;
    owner.set(rootOf(b), rootOf(a));
    owner.set(rootOf(a), rootOf(a));
  }
  for (const id of owner.keys()) truth.set(id, rootOf(id));
}

function isYes(label: string | undefined): boolean {
  return Number(label) >= 0.5 || /^(?:true|yes|y|same|match|是)$/i.test(label ?? "");
}
