/**
 * Keeps what matching knows in step with the catalog: releases, providers, cases and centers that are shown.
 *
 * @module
 */

import { type BodyOf, parseUrn, type RecordKind, urnOf } from "@tributary/proto";
import { currentBody } from "../catalog/current-body.ts";
import { bodyOf } from "../catalog/describe.ts";
import { entitiesOfRecords, recordsWithOtherEntity } from "../catalog/entity-reader.ts";
import { readTaxonomy, type Taxonomy } from "../catalog/taxonomy.ts";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { viewOf } from "./audience.ts";
import { CaseTable } from "./cases.ts";
import type { Knowledge } from "./contenders.ts";
import type { CenterFacts } from "./estimate.ts";
import { EvidenceBase } from "./evidence-base.ts";
import { ProviderTable, usccOf } from "./providers.ts";
import { readRelease } from "./release.ts";

/** Kinds that matching reads. */
const KINDS: readonly RecordKind[] = ["center", "provider", "case", "outcome"];

const ENTITIES_AT_ONCE = 1_000;

type FollowedCatalog = Pick<
  CatalogStore,
  "position" | "rows" | "changedRows" | "facts" | "factsNamed"
>;

export class MatchFollower {
  readonly #catalog: FollowedCatalog;
  readonly #base = new EvidenceBase();
  readonly #providers = new ProviderTable();
  readonly #cases = new CaseTable();
  readonly #centers = new Map<string, CenterFacts>();
  /** Entities of records, by URN. */
  readonly #entities = new Map<string, string>();
  /** What the codes of providers were taken for last. */
  #otherCodes = "";
  #position = 0;

  constructor(catalog: FollowedCatalog) {
    this.#catalog = catalog;
  }

  /** Log size that the knowledge covers. */
  get position(): number {
    return this.#position;
  }

  get knowledge(): Knowledge {
    return {
      base: this.#base,
      providers: this.#providers,
      cases: this.#cases,
      centers: this.#centers,
    };
  }

  /**
   * Takes what the catalog has changed since. A catalog that has gone back was made anew, and is read from the start.
   *
   * @throws {TributaryError} `ERR_STORE_DAMAGED`; then what was read may be a part, and the next call goes on.
   */
  async advance(): Promise<void> {
    // Read before the rows: what is written meanwhile comes again with the next call.
    const position = await this.#catalog.position();
    if (position < this.#position) this.clear();
    // A change of it sets every row that it changes the reading of.
    const taxonomy = await readTaxonomy(this.#catalog);
    if (this.#position === 0) {
      for (const kind of KINDS) {
        for await (const row of this.#catalog.rows({ kind })) this.#take(row, taxonomy);
      }
    } else if (position > this.#position) {
      for await (const row of this.#catalog.changedRows(this.#position)) {
        this.#take(row, taxonomy);
      }
    }
    await this.#followEntities(this.#position);
    this.#position = position;
  }

  /** Records whose entity has changed need not have changed themselves. */
  async #followEntities(from: number): Promise<void> {
    const urns = await recordsWithOtherEntity(this.#catalog, from);
    for (let i = 0; i < urns.length; i += ENTITIES_AT_ONCE) {
      const some = urns.slice(i, i + ENTITIES_AT_ONCE);
      const entities = await entitiesOfRecords(this.#catalog, some);
      for (const urn of some) {
        const entity = entities.get(urn);
        if (entity === undefined) this.#entities.delete(urn);
        else this.#entities.set(urn, entity);
        this.#providers.setEntity(parseUrn(urn), entity);
      }
    }
    const { otherCodes } = this.#providers;
    const written = JSON.stringify([...otherCodes].sort());
    if (written === this.#otherCodes) return;
    this.#otherCodes = written;
    this.#base.unify(otherCodes);
    this.#cases.unify(otherCodes);
  }

  clear(): void {
    this.#base.clear();
    this.#providers.clear();
    this.#cases.clear();
    this.#centers.clear();
    this.#entities.clear();
    this.#position = 0;
  }

  #take(row: CatalogRow, taxonomy: Taxonomy): void {
    const { ref, verdict, visibility } = row;
    if (!KINDS.includes(ref.kind)) return;
    if (verdict !== "live" || row.body.length === 0) {
      this.#forget(row);
      return;
    }
    const view = viewOf(visibility);
    const body = currentBody(bodyOf(row), taxonomy);
    switch (body.kind) {
      case "outcome":
        this.#base.put({ ref, view, ...readRelease(body.value) });
        return;
      case "provider":
        this.#providers.put(ref, view, body.value, this.#entities.get(urnOf(ref)));
        return;
      case "case":
        this.#cases.put(ref, view, body.value);
        return;
      case "center":
        this.#centers.set(ref.centerId, centerFacts(body.value));
    }
  }

  #forget({ ref }: CatalogRow): void {
    switch (ref.kind) {
      case "outcome":
        this.#base.remove(ref);
        return;
      case "provider":
        this.#providers.remove(ref);
        return;
      case "case":
        this.#cases.remove(ref);
        return;
      case "center":
        this.#centers.delete(ref.centerId);
    }
  }
}

function centerFacts({ region, operatorUscc }: BodyOf<"center">): CenterFacts {
  return { region, operatorUscc: usccOf(operatorUscc) };
}
