/**
 * What all centers have published of outcomes, ready to be asked. Follows release records one by one; a family of
 * scenarios is prepared again when something of it has changed.
 *
 * What it answers is a function of the records that it holds, in whatever order they came.
 *
 * @module
 */

import { type RecordRef, urnOf } from "@tributary/proto";
import { isIn } from "./audience.ts";
import { type BucketPlace, type FamilyEvidence, familyEvidence } from "./family-evidence.ts";
import { type Heterogeneity, NO_HETEROGENEITY, pooled } from "./heterogeneity.ts";
import type { ReadRelease } from "./release.ts";
import { emptyModel, type Prior, scenarioPrior } from "./scenario-model.ts";
import { FAMILY_OF } from "./taxonomy.ts";

/**
 * For whom evidence counts. Members count buckets of 5 enterprises and more; the public only those of 10 and more from
 * public records. A release for some centers only counts for nobody: a ranking must be the same for all who see it.
 */
export type View = "public" | "members";

/** Fewest enterprises of a bucket, by view: k of `privacy`. */
export const LEAST_ENTERPRISES: Readonly<Record<View, number>> = { public: 10, members: 5 };

/** A release record. */
export interface Release extends ReadRelease {
  readonly ref: RecordRef;
  /** The widest view that its record may be read in; undefined where it is for some centers only. */
  readonly view: View | undefined;
}

interface NumberedRelease extends Release {
  /** Number of the center. */
  readonly center: number;
}

/** One view of the base at one moment. */
export interface Evidence {
  /** Evidence of a family; by its number. */
  family(number: number): FamilyEvidence;
  /** Prior of a scenario; by its number. */
  prior(scenario: number): Prior;
}

const FAMILIES: readonly number[] = [...new Set(FAMILY_OF)];
const VIEWS: readonly View[] = ["public", "members"];

export class EvidenceBase {
  readonly #releases = new Map<string, NumberedRelease>();
  readonly #providers = new Numbering();
  readonly #centers = new Numbering();
  #otherCodes: ReadonlyMap<string, string> = new Map();
  readonly #views = new Map<View, ViewOfBase>(
    VIEWS.map((view) => [view, new ViewOfBase((family) => this.#build(view, family))]),
  );

  /** Buckets of all releases. */
  get size(): number {
    let size = 0;
    for (const { columns } of this.#releases.values()) size += columns.size;
    return size;
  }

  /** Takes a release record; one of the same name is replaced. */
  put(release: Release): void {
    this.remove(release.ref);
    const center = this.#centers.number(release.ref.centerId);
    this.#releases.set(urnOf(release.ref), { ...release, center });
    this.#touch(release);
  }

  /** Forgets a release record. */
  remove(ref: RecordRef): void {
    const name = urnOf(ref);
    const release = this.#releases.get(name);
    if (release === undefined) return;
    this.#releases.delete(name);
    this.#touch(release);
  }

  /** Forgets all releases of a center. */
  removeCenter(centerId: string): void {
    for (const { ref } of [...this.#releases.values()]) {
      if (ref.centerId === centerId) this.remove(ref);
    }
  }

  clear(): void {
    this.#releases.clear();
    for (const view of this.#views.values()) view.clear();
  }

  /** What a view rests on now. */
  evidence(view: View): Evidence {
    return this.#views.get(view) as ViewOfBase;
  }

  /**
   * Prepares one family that has changed, so that the next question about it need not.
   *
   * @returns False if nothing is left to prepare.
   */
  prepareNext(): boolean {
    for (const view of this.#views.values()) {
      const family = FAMILIES.find((number) => !view.has(number));
      if (family === undefined) continue;
      view.family(family);
      return true;
    }
    return false;
  }

  /** Takes codes for the provider that has them, see `ProviderTable.otherCodes`. */
  unify(otherCodes: ReadonlyMap<string, string>): void {
    this.#otherCodes = otherCodes;
    for (const view of this.#views.values()) view.clear();
  }

  /** Number of a provider in evidence; -1 for one that no bucket names. */
  providerNumber(uscc: string): number {
    return this.#providers.find(this.#otherCodes.get(uscc) ?? uscc);
  }

  provider(number: number): string {
    return this.#providers.name(number);
  }

  center(number: number): string {
    return this.#centers.name(number);
  }

  /** Centers with evidence, now or earlier; their numbers are below this. */
  get centers(): number {
    return this.#centers.size;
  }

  #touch({ columns, retracted }: Release): void {
    for (const view of this.#views.values()) {
      // Which families a retracted bucket belongs to is known only where it is found.
      if (retracted.length > 0) view.clear();
      else
        for (const scenario of new Set(columns.scenario))
          view.forget(FAMILY_OF[scenario] as number);
    }
  }

  #build(view: View, family: number): FamilyEvidence {
    const places: BucketPlace[] = [];
    const retracted = this.#retracted();
    // By name, so that the order in which records came does not matter.
    for (const name of [...this.#releases.keys()].sort()) {
      const release = this.#releases.get(name) as NumberedRelease;
      if (!isIn(release.view, view)) continue;
      this.#collect(release, LEAST_ENTERPRISES[view], family, retracted, places);
    }
    return familyEvidence(places);
  }

  #collect(
    { columns, ref, center }: NumberedRelease,
    least: number,
    family: number,
    retracted: ReadonlySet<string>,
    places: BucketPlace[],
  ): void {
    for (let row = 0; row < columns.size; row += 1) {
      if (FAMILY_OF[columns.scenario[row] as number] !== family) continue;
      if ((columns.n[row] as number) < least) continue;
      if (retracted.size > 0 && retracted.has(`${ref.centerId}/${columns.ids[row]}`)) continue;
      const uscc = columns.provider[row] as string;
      // The label may name none.
      const provider =
        uscc === "" ? -1 : this.#providers.number(this.#otherCodes.get(uscc) ?? uscc);
      places.push({ release: ref, columns, row, center, provider });
    }
  }

  #retracted(): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const { ref, retracted } of this.#releases.values()) {
      for (const id of retracted) ids.add(`${ref.centerId}/${id}`);
    }
    return ids;
  }
}

/** Families as they are asked for, and the priors that pool them. */
class ViewOfBase implements Evidence {
  readonly #families = new Map<number, FamilyEvidence>();
  readonly #priors = new Map<number, Prior>();
  readonly #build: (family: number) => FamilyEvidence;

  constructor(build: (family: number) => FamilyEvidence) {
    this.#build = build;
  }

  has(family: number): boolean {
    return this.#families.has(family);
  }

  family(number: number): FamilyEvidence {
    let family = this.#families.get(number);
    if (family === undefined) {
      family = this.#build(number);
      this.#families.set(number, family);
    }
    return family;
  }

  prior(scenario: number): Prior {
    let prior = this.#priors.get(scenario);
    if (prior === undefined) {
      const family = FAMILY_OF[scenario] as number;
      const model = this.family(family).models.get(scenario);
      const all = FAMILIES.map((number) => heterogeneityOfFamily(this.family(number)));
      const circles = [heterogeneityOfFamily(this.family(family)), all.reduce(pooled)];
      prior = scenarioPrior(model ?? emptyModel, circles);
      this.#priors.set(scenario, prior);
    }
    return prior;
  }

  forget(family: number): void {
    this.#families.delete(family);
    this.#priors.clear();
  }

  clear(): void {
    this.#families.clear();
    this.#priors.clear();
  }
}

function heterogeneityOfFamily({ models }: FamilyEvidence): Heterogeneity {
  return [...models.values()].map((model) => model.heterogeneity).reduce(pooled, NO_HETEROGENEITY);
}

/** Names by the order in which they came. */
class Numbering {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  get size(): number {
    return this.#names.length;
  }

  number(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }

  find(name: string): number {
    return this.#numbers.get(name) ?? -1;
  }

  name(number: number): string {
    return this.#names[number] as string;
  }
}
