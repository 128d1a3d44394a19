/** A list that the hub gives page by page, as one list that grows. @module */

import { useState } from "react";
import { type Asked, useAnswer } from "./use-answer.ts";

export interface Pages<Item> {
  /** Of all pages that were read. */
  readonly items: readonly Item[];
  /** The newest page. */
  readonly asked: Asked<unknown>;
  /** Reads the next page; undefined at the end and while a page is waited for. */
  readonly readOn: (() => void) | undefined;
}

/** @param key Names the list with everything that it depends on; another list is another component. */
export function usePages<Page extends { readonly nextPageToken: string }, Item>(
  key: string,
  load: (pageToken: string, signal: AbortSignal) => Promise<Page>,
  itemsOf: (page: Page) => readonly Item[],
): Pages<Item> {
  const [before, setBefore] = useState<{
    readonly items: readonly Item[];
    readonly token: string;
  }>({ items: [], token: "" });
  const asked = useAnswer(`${key} ${before.token}`, (signal) => load(before.token, signal));
  const newest = asked.value === undefined ? [] : itemsOf(asked.value);
  const items = newest.length === 0 ? before.items : [...before.items, ...newest];
  const token = asked.value?.nextPageToken ?? "";
  return { items, asked, readOn: token === "" ? undefined : () => setBefore({ items, token }) };
}
