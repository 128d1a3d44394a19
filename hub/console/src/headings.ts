/** The head of each page, which depends on nothing but the address: it stands at once, while the rest is on its way. @module */

import type { Language } from "./choose-language.ts";
import { HEADING_MESSAGES } from "./heading-messages.ts";
import { formatPageState, type PageState } from "./page-state.ts";
import { type OperatorPage, placeOf } from "./views.ts";

type HeadingName = keyof typeof HEADING_MESSAGES;

export interface Heading {
  /** Class of the page's main part. */
  readonly frame: "page" | "match" | "results" | "record";
  /** Empty where only the hub knows it. */
  readonly title: string;
  /** What the page is for; empty where it needs no word. */
  readonly lead: string;
}

/** What each page of the operators is called, and what it is for. */
export const OPERATOR_HEADINGS: Readonly<
  Record<OperatorPage, { readonly title: HeadingName; readonly lead: HeadingName }>
> = {
  inbox: { title: "pageInbox", lead: "inboxLead" },
  members: { title: "pageMembers", lead: "membersLead" },
  merge: { title: "pageMerge", lead: "mergeLead" },
  collections: { title: "pageCollections", lead: "curateLead" },
  terms: { title: "pageTerms", lead: "termsLead" },
  overlap: { title: "pageOverlap", lead: "overlapLead" },
  market: { title: "pageMarket", lead: "marketLead" },
  assessment: { title: "pageAssessment", lead: "assessmentLead" },
  benchmarks: { title: "pageBenchmarks", lead: "benchmarksLead" },
  vouchers: { title: "pageVouchers", lead: "vouchersLead" },
  health: { title: "pageHealth", lead: "healthLead" },
  decisions: { title: "pageDecisions", lead: "decisionsLead" },
  log: { title: "pageLog", lead: "logLead" },
  accounts: { title: "pageAccounts", lead: "accountsLead" },
  keys: { title: "pageKeys", lead: "keysLead" },
};

/** A text of the frame or of a head. */
export function headingText(name: HeadingName, language: Language): string {
  return HEADING_MESSAGES[name][language === "zh" ? 0 : 1];
}

export function headingOf(state: PageState, language: Language): Heading {
  const say = (name: HeadingName) => headingText(name, language);
  if (state.record !== "") return { frame: "record", title: "", lead: "" };
  const place = placeOf(state.view);
  switch (place?.name) {
    case "match":
      return { frame: "match", title: say("viewMatch"), lead: say("matchLead") };
    case "providers":
      return { frame: "page", title: say("viewProviders"), lead: say("providersLead") };
    case "provider":
      return { frame: "page", title: say("providerName"), lead: say("providerLead") };
    case "centers":
      return { frame: "page", title: say("centersTitle"), lead: say("centersLead") };
    case "center":
      return { frame: "page", title: place.id, lead: say("centerLead") };
    case "collections":
      return { frame: "page", title: say("collectionsTitle"), lead: say("collectionsLead") };
    case "collection":
      return { frame: "page", title: place.id, lead: "" };
    case "operate": {
      if (place.link !== "") return { frame: "page", title: say("viewOperate"), lead: "" };
      const { title, lead } = OPERATOR_HEADINGS[place.page];
      return { frame: "page", title: say(title), lead: say(lead) };
    }
    default:
      return isStart(state)
        ? { frame: "results", title: say("startTitle"), lead: say("startLead") }
        : { frame: "results", title: "", lead: "" };
  }
}

/** Whether a visitor has just arrived: nothing is asked. */
export function isStart(state: PageState): boolean {
  return formatPageState(state) === "";
}
