/**
 * Providers as their records describe them, one each, whichever centers list it. Only structured fields are kept: what a
 * provider says of itself is not here and cannot score.
 *
 * @module
 */

import { type BodyOf, compareBytes, type RecordRef, urnOf, utf8 } from "@tributary/proto";
import { checkUscc, fold } from "@tributary/proto/vocabulary";
import { isIn } from "./audience.ts";
import type { View } from "./evidence-base.ts";
import { scenarioNumber } from "./taxonomy.ts";

/** A provider in one view. */
export interface Provider {
  /** Its least unified social credit code; where it has none, its entity, or center/key where that is not known. */
  readonly id: string;
  readonly name: string;
  /** All its codes. */
  readonly codes: ReadonlySet<string>;
  /** Ascending by URN. */
  readonly refs: readonly RecordRef[];
  /** Numbers of its scenarios. */
  readonly scenarios: ReadonlySet<number>;
  readonly industries: readonly string[];
  /** Where it sits and where it serves; codes of GB/T 2260. */
  readonly regions: readonly string[];
  readonly systems: ReadonlySet<string>;
  readonly types: ReadonlySet<string>;
  readonly deliveryModes: ReadonlySet<string>;
  /** Name and grade of each qualification, folded, with the ISO date until which it holds; empty: for ever. */
  readonly qualifications: readonly { readonly text: string; readonly until: string }[];
  /** Folded. */
  readonly interfaces: ReadonlySet<string>;
  /** The largest number of cases that a record claims. */
  readonly claimedCases: number;
}

interface ProviderRecord {
  readonly ref: RecordRef;
  readonly view: View | undefined;
  readonly body: BodyOf<"provider">;
  readonly code: string | undefined;
  readonly entity: string | undefined;
}

/** The code if it has the form of one; a few genuine ones fail the check digit. */
export function usccOf(written: string | undefined): string | undefined {
  const { status, normalised } = checkUscc(written ?? "");
  return status === "valid" || status === "invalid" ? normalised : undefined;
}

/** Follows provider records. Records of one code or of one entity are one provider. */
export class ProviderTable {
  readonly #records = new Map<string, ProviderRecord>();
  readonly #merged = new Map<View, Map<string, Provider | undefined>>();
  readonly #byScenario = new Map<View, ReadonlyMap<number, readonly Provider[]>>();
  /** Made anew when something has changed. */
  #groups: Groups | undefined;

  /** @param entity The entity that the record describes; undefined where it is not resolved. */
  put(ref: RecordRef, view: View | undefined, body: BodyOf<"provider">, entity?: string): void {
    const code = usccOf(body.uscc);
    this.#records.set(urnOf(ref), { ref, view, body, code, entity });
    this.#forget();
  }

  /** Notes that a record describes another entity; does nothing where it is not there. */
  setEntity(ref: RecordRef, entity: string | undefined): void {
    const record = this.#records.get(urnOf(ref));
    if (record === undefined || record.entity === entity) return;
    this.#records.set(urnOf(ref), { ...record, entity });
    this.#forget();
  }

  remove(ref: RecordRef): void {
    if (this.#records.delete(urnOf(ref))) this.#forget();
  }

  clear(): void {
    this.#records.clear();
    this.#forget();
  }

  /** The provider that a record describes. */
  idOf(ref: RecordRef): string | undefined {
    return this.#grouped().idOfRecord.get(urnOf(ref));
  }

  /** Codes that are not the id of their provider, with that id. */
  get otherCodes(): ReadonlyMap<string, string> {
    return this.#grouped().idOfCode;
  }

  get(id: string, view: View): Provider | undefined {
    let merged = this.#merged.get(view);
    if (merged === undefined) {
      merged = new Map();
      this.#merged.set(view, merged);
    }
    if (!merged.has(id)) {
      const records = this.#grouped().records.get(id) ?? [];
      const shown = records.filter((record) => isIn(record.view, view));
      merged.set(id, shown.length === 0 ? undefined : mergedProvider(id, shown));
    }
    return merged.get(id);
  }

  /** Providers that are listed with a scenario, in no order. */
  withScenario(scenario: number, view: View): readonly Provider[] {
    let lists = this.#byScenario.get(view);
    if (lists === undefined) {
      lists = this.#listed(view);
      this.#byScenario.set(view, lists);
    }
    return lists.get(scenario) ?? [];
  }

  #listed(view: View): ReadonlyMap<number, readonly Provider[]> {
    const lists = new Map<number, Provider[]>();
    for (const id of this.#grouped().records.keys()) {
      const provider = this.get(id, view);
      for (const scenario of provider?.scenarios ?? []) {
        const list = lists.get(scenario);
        if (list === undefined) lists.set(scenario, [provider as Provider]);
        else list.push(provider as Provider);
      }
    }
    return lists;
  }

  #grouped(): Groups {
    this.#groups ??= groupsOf(this.#records);
    return this.#groups;
  }

  #forget(): void {
    this.#groups = undefined;
    this.#merged.clear();
    this.#byScenario.clear();
  }
}

interface Groups {
  /** By the provider's id. */
  readonly records: ReadonlyMap<string, readonly ProviderRecord[]>;
  readonly idOfRecord: ReadonlyMap<string, string>;
  /** Of codes that are not the id of their provider. */
  readonly idOfCode: ReadonlyMap<string, string>;
}

/** Puts records together that share a code or an entity, directly or through others. */
function groupsOf(all: ReadonlyMap<string, ProviderRecord>): Groups {
  const parents = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next;
    // Shortened, so that the next way is short.
    for (let at = name; at !== root; ) {
      const next = parents.get(at) as string;
      parents.set(at, root);
      at = next;
    }
    return root;
  };
  // What a provider is called comes first: codes before entities before records, the least of each.
  const rank = (name: string) => (name.startsWith("urn:") ? 2 : name.startsWith("ent_") ? 1 : 0);
  const join = (x: string, y: string) => {
    const [a, b] = [rootOf(x), rootOf(y)];
    if (a === b) return;
    const isFirst = rank(a) - rank(b) || (a < b ? -1 : 1);
    parents.set(isFirst < 0 ? b : a, isFirst < 0 ? a : b);
  };
  for (const [urn, { code, entity }] of all) {
    if (code !== undefined) join(code, urn);
    if (entity !== undefined) join(entity, urn);
  }
  const records = new Map<string, ProviderRecord[]>();
  const idOfRecord = new Map<string, string>();
  const idOfCode = new Map<string, string>();
  for (const [urn, record] of all) {
    const root = rootOf(urn);
    const id = root === urn ? `${record.ref.centerId}/${record.ref.key}` : root;
    idOfRecord.set(urn, id);
    const list = records.get(id);
    if (list === undefined) records.set(id, [record]);
    else list.push(record);
    if (record.code !== undefined && record.code !== id) idOfCode.set(record.code, id);
  }
  return { records, idOfRecord, idOfCode };
}

/** One provider from all its records; the first by URN names it. */
function mergedProvider(id: string, records: readonly ProviderRecord[]): Provider {
  const sorted = records.toSorted((a, b) => compareBytes(utf8(urnOf(a.ref)), utf8(urnOf(b.ref))));
  const bodies = sorted.map(({ body }) => body);
  const union = <T>(of: (body: BodyOf<"provider">) => readonly T[]) => [
    ...new Set(bodies.flatMap(of)),
  ];
  const products = bodies.flatMap(({ products: of = [] }) => of);
  return {
    id,
    name: bodies[0]?.name ?? id,
    codes: new Set(sorted.flatMap(({ code }) => code ?? [])),
    refs: sorted.map(({ ref }) => ref),
    scenarios: new Set(
      union(({ scenarios = [] }) => scenarios).flatMap((code) => scenarioNumber(code) ?? []),
    ),
    industries: union(({ industries = [] }) => industries),
    regions: union(({ region, serviceRegions = [] }) => [region ?? "", ...serviceRegions]).filter(
      (code) => code !== "",
    ),
    systems: new Set([
      ...union(({ systems = [] }) => systems),
      ...products.flatMap(({ kind }) => kind ?? []),
    ]),
    types: new Set(union(({ providerTypes = [] }) => providerTypes)),
    deliveryModes: new Set(products.flatMap(({ deliveryMode }) => deliveryMode ?? [])),
    qualifications: bodies.flatMap(({ qualifications = [] }) =>
      qualifications.map(({ name, grade = "", validUntil = "" }) => ({
        text: fold(`${name} ${grade}`),
        until: validUntil,
      })),
    ),
    interfaces: new Set(products.flatMap(({ interfaces = [] }) => interfaces.map(fold))),
    claimedCases: Math.max(0, ...bodies.map(({ claimedCases = 0 }) => claimedCases)),
  };
}
