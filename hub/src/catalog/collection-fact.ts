/**
 * Featured collections by their identifier: facts of the catalog. The newest decision about one that was not taken back
 * says what it is, or that it is no more.
 *
 * @module
 */

import { collectionStatement, isIdentifier } from "@tributary/proto";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { DecisionFact } from "./decision-fact.ts";
import { decisionsStanding, withPosition } from "./decision-positions.ts";
import type { WorkingSet } from "./working-set.ts";

const COLLECTION_FACTS = "collection/";

/** True for verbs about collections; they change no record. */
export function isCollectionAction(action: string): boolean {
  return action === "feature" || action === "unfeature";
}

/** Keeps a decision about a collection. One that names none has no effect. */
export async function foldCollection(
  work: WorkingSet,
  { action, argument, position }: Pick<DecisionFact, "action" | "argument" | "position">,
): Promise<void> {
  const id = action === "feature" ? collectionStatement.read(argument)?.id : argument;
  if (id === undefined || !isIdentifier(id)) return;
  const name = COLLECTION_FACTS + id;
  work.setFact(name, withPosition(await work.fact(name), position));
}

/** The decision that says what a collection is; undefined where there is no such collection. */
export async function standingCollection(
  catalog: Pick<CatalogStore, "fact" | "factsNamed">,
  id: string,
): Promise<DecisionFact | undefined> {
  const fact = await catalog.fact(COLLECTION_FACTS + id);
  return fact && newestOf(catalog, fact);
}

/** The decisions that say what collections are, the newest first. */
export async function standingCollections(
  catalog: Pick<CatalogStore, "facts" | "factsNamed">,
): Promise<readonly DecisionFact[]> {
  const standing: DecisionFact[] = [];
  for await (const [, fact] of catalog.facts(COLLECTION_FACTS)) {
    const decision = await newestOf(catalog, fact);
    if (decision !== undefined) standing.push(decision);
  }
  return standing.sort((a, b) => b.position - a.position);
}

async function newestOf(
  catalog: Pick<CatalogStore, "factsNamed">,
  fact: Uint8Array,
): Promise<DecisionFact | undefined> {
  const newest = (await decisionsStanding(catalog, fact)).at(-1);
  return newest?.action === "feature" ? newest : undefined;
}
