/** The head of each page, which depends on nothing but the address: it stands at once, while the rest is on its way. @module */

import type { Language } from "./choose-language.ts";
import { HEADING_MESSAGES } from "./heading-messages.ts";
import { formatPageState, type PageState } from "./page-state.ts";
import { type OperatorPage, placeOf } from "./views.ts";

type HeadingName = keyof typeof HEADING_MESSAGES;

type Frame = "page" | "match" | "results" | "record";

/** The head of a page, by the names of its texts. */
export interface Heading {
  /** Class of the page's main part. Default: `page`. */
  readonly frame?: Frame;
  /** Nothing where only the hub knows it. */
  readonly title?: HeadingName;
  /** What the page is for; nothing where it needs no word. */
  readonly lead?: HeadingName;
}

/** The head of a page in words, empty where there is none. */
interface Head {
  readonly frame: Frame;
  readonly title: string;
  readonly lead: string;
}

/** The head of each place, before the hub has said more. */
export const HEADINGS = {
  start: { frame: "results", title: "startTitle", lead: "startLead" },
  search: { frame: "results" },
  record: { frame: "record" },
  match: { frame: "match", title: "viewMatch", lead: "matchLead" },
  providers: { title: "viewProviders", lead: "providersLead" },
  provider: { title: "providerName", lead: "providerLead" },
  centers: { title: "centersTitle", lead: "centersLead" },
  center: { lead: "centerLead" },
  collections: { title: "collectionsTitle", lead: "collectionsLead" },
  collection: {},
  /** Where somebody signs in. */
  signIn: { title: "viewOperate" },
} as const satisfies Record<string, Heading>;

/** The same for the pages of the operators. */
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

/** The head of what an address shows, in words. */
export function headingOf(state: PageState, language: Language): Head {
  const { frame = "page", title, lead }: Heading = headingOfPlace(state);
  const place = placeOf(state.view);
  const id = frame === "page" && place !== undefined && "id" in place ? place.id : "";
  return {
    frame,
    title: title === undefined ? id : headingText(title, language),
    lead: lead === undefined ? "" : headingText(lead, language),
  };
}

function headingOfPlace(state: PageState): Heading {
  if (state.record !== "") return HEADINGS.record;
  if (isStart(state)) return HEADINGS.start;
  const place = placeOf(state.view) ?? { name: "search" };
  if (place.name !== "operate") return HEADINGS[place.name];
  return place.link === "" ? OPERATOR_HEADINGS[place.page] : HEADINGS.signIn;
}

/** Whether a visitor has just arrived: nothing is asked. */
export function isStart(state: PageState): boolean {
  return formatPageState(state) === "";
}
