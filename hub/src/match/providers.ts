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
  /** Unified social credit code, or center/key where there is no valid one. */
  readonly id: string;
  readonly name: string;
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
}

/**
 * Names the provider of a record. Entity resolution takes its place.
 *
 * @returns The unified social credit code if it has the form of one, otherwise a name that only this record has.
 */
export function providerIdOf(ref: RecordRef, body: BodyOf<"provider">): string {
  return usccOf(body.uscc) ?? `${ref.centerId}/${ref.key}`;
}

/** The code if it has the form of one; a few genuine ones fail the check digit. */
export function usccOf(written: string | undefined): string | undefined {
  const { status, normalised } = checkUscc(written ?? "");
  return status === "valid" || status === "invalid" ? normalised : undefined;
}

/** Follows provider records. */
export class ProviderTable {
  readonly #idOfRecord = new Map<string, string>();
  readonly #records = new Map<string, Map<string, ProviderRecord>>();
  readonly #merged = new Map<View, Map<string, Provider | undefined>>();
  readonly #byScenario = new Map<View, ReadonlyMap<number, readonly Provider[]>>();

  put(ref: RecordRef, view: View | undefined, body: BodyOf<"provider">): void {
    this.remove(ref);
    const id = providerIdOf(ref, body);
    const urn = urnOf(ref);
    this.#idOfRecord.set(urn, id);
    const records = this.#records.get(id) ?? new Map<string, ProviderRecord>();
    records.set(urn, { ref, view, body });
    this.#records.set(id, records);
    this.#forget(id);
  }

  remove(ref: RecordRef): void {
    const urn = urnOf(ref);
    const id = this.#idOfRecord.get(urn);
    if (id === undefined) return;
    this.#idOfRecord.delete(urn);
    const records = this.#records.get(id);
    records?.delete(urn);
    if (records?.size === 0) this.#records.delete(id);
    this.#forget(id);
  }

  clear(): void {
    this.#idOfRecord.clear();
    this.#records.clear();
    this.#merged.clear();
    this.#byScenario.clear();
  }

  /** The provider that a record describes. */
  idOf(ref: RecordRef): string | undefined {
    return this.#idOfRecord.get(urnOf(ref));
  }

  get(id: string, view: View): Provider | undefined {
    let merged = this.#merged.get(view);
    if (merged === undefined) {
      merged = new Map();
      this.#merged.set(view, merged);
    }
    if (!merged.has(id)) {
      const records = [...(this.#records.get(id)?.values() ?? [])];
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
    for (const id of this.#records.keys()) {
      const provider = this.get(id, view);
      for (const scenario of provider?.scenarios ?? []) {
        const list = lists.get(scenario);
        if (list === undefined) lists.set(scenario, [provider as Provider]);
        else list.push(provider as Provider);
      }
    }
    return lists;
  }

  #forget(id: string): void {
    for (const merged of this.#merged.values()) merged.delete(id);
    this.#byScenario.clear();
  }
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
