/** What every part of the page gets: language, labels, the client, and the way to other states. @module */

import type { Client } from "@tributary/sdk";
import type { Formats } from "./format.ts";
import type { Labels } from "./labels.ts";
import type { Language, Translate } from "./language.ts";
import { formatPageState, type PageState } from "./page-state.ts";

export interface View {
  readonly language: Language;
  readonly t: Translate;
  readonly formats: Formats;
  readonly labels: Labels;
  readonly client: Client;
  /** Address of the hub: where the page came from. */
  readonly hubUrl: string;
  readonly nowMs: () => number;
  /** Shows another state, as a new entry of the history. */
  readonly go: (state: PageState) => void;
}

/** The address of a state; a link with it works with the middle button, and the page follows it without a reload. */
export function hrefOf(state: PageState): string {
  const text = formatPageState(state);
  // A hash alone would keep what the address asks now.
  return text.startsWith("?") ? text : `./${text}`;
}
