/**
 * One hash over the whole catalog, to compare two hubs, or one hub before and after a rebuild.
 *
 * It is the root of an RFC 6962 tree over all rows in their order, then all facts in theirs, so that one row can be
 * proven against it.
 *
 * @module
 */

import { CompactRange, leafHash, utf8 } from "@tributary/proto";
import { encodeRow } from "../ports/catalog-row.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";

/** Facts about this hub's stores, not about the log. */
export const LOCAL_FACTS = "local/";

/** The digest of what the store holds now; 32 bytes. The caller sees to it that nobody writes meanwhile. */
export async function catalogDigest(store: CatalogStore): Promise<Uint8Array> {
  const tree = new CompactRange();
  for await (const row of store.rows({})) tree.append(leafHash(encodeRow(row)));
  for await (const [name, value] of store.facts("")) {
    if (!name.startsWith(LOCAL_FACTS)) tree.append(leafHash(factLeaf(name, value)));
  }
  return tree.root();
}

/** Name, a zero byte, value. No row begins like it, since rows begin with a length below 2^24. */
function factLeaf(name: string, value: Uint8Array): Uint8Array {
  const head = utf8(`${name}\0`);
  const leaf = new Uint8Array(head.length + value.length);
  leaf.set(head);
  leaf.set(value, head.length);
  return leaf;
}
