/** What every part of the page gets: language, labels, the client, and the way to other states. @module */

import type { Client } from "@tributary/sdk";
import { createContext, useContext } from "react";
import type { Language } from "./choose-language.ts";
import type { Formats } from "./format.ts";
import type { Labels } from "./labels.ts";
import type { Translate } from "./language.ts";
import type { PageState } from "./page-state.ts";

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

const ViewContext = createContext<View | undefined>(undefined);

export const ViewProvider = ViewContext.Provider;

/** @throws {TypeError} outside of a {@link ViewProvider}. */
export function useView(): View {
  const view = useContext(ViewContext);
  if (view === undefined) throw new TypeError("this component stands outside of the page");
  return view;
}
