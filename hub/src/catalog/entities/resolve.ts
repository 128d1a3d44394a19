/**
 * Everything at once: from records and what people said to entities.
 *
 * @module
 */

import type { AssertionEntry } from "./assertions.ts";
import type { Model } from "./model.ts";
import type { EntityRecord } from "./record.ts";
import { Resolver, type ResolverOptions } from "./resolver.ts";

/** A resolver with all records and entries; its entities are a function of its arguments, in whatever order they are. */
export function resolve(
  model: Model,
  records: Iterable<EntityRecord>,
  entries: Iterable<AssertionEntry> = [],
  options: ResolverOptions = {},
): Resolver {
  const resolver = new Resolver(model, options);
  resolver.assert(entries);
  for (const record of records) resolver.add(record);
  return resolver;
}
