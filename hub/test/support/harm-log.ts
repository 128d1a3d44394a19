/**
 * Damage of single values of a hub's log, as LevelDB does not notice it.
 *
 * @module
 */

import { Level } from "level";

/**
 * Flips a bit of a value, or takes it away.
 *
 * @param log Folder of the log of a stopped hub.
 * @param letter Class of the value: e, r, p, h, t or f.
 * @param options.at Position of an entry, records or a receipt; the first there is if left out, and of other classes.
 */
export async function harmLog(
  log: string,
  letter: string,
  { at, isGone = false }: { readonly at?: number; readonly isGone?: boolean } = {},
): Promise<void> {
  const db = new Level<Uint8Array, Uint8Array>(log, { keyEncoding: "view", valueEncoding: "view" });
  const key = Buffer.alloc(9);
  key.write(letter);
  if (at !== undefined) key.writeBigUInt64BE(BigInt(at), 1);
  const isOfPosition = at !== undefined && "erp".includes(letter);
  const range = isOfPosition ? { gte: key, lte: key } : { gte: key.subarray(0, 1) };
  const [found] = await db.iterator({ ...range, limit: 1 }).all();
  const [name, value] = found as [Uint8Array, Uint8Array];
  value[value.length - 1] = (value.at(-1) as number) ^ 1;
  await (isGone ? db.del(name) : db.put(name, value));
  await db.close();
}
