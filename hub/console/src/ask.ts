/** Asks the hub for what an address shows, before there is anything that shows it. @module */

import { createClient } from "@tributary/sdk";
import { type Asker, askAhead } from "./answers.ts";
import { Labels } from "./labels.ts";
import { matchQuestion } from "./match/match-question.ts";
import type { PageState } from "./page-state.ts";
import { searchQuestion } from "./search-question.ts";
import { placeOf } from "./views.ts";

/** @returns With what the rest of the page asks, too. */
export function askFirst(state: PageState): Asker {
  const hubUrl = new URL(".", location.href).href.replace(/\/$/, "");
  const asker = { client: createClient({ url: hubUrl }), labels: new Labels(), hubUrl };
  const place = state.record === "" ? placeOf(state.view)?.name : "record";
  if (place === "search") askAhead(searchQuestion(state), asker);
  if (place === "match") askAhead(matchQuestion(state.view), asker);
  return asker;
}
