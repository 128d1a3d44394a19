/**
 * The views of the page beside the search, as the hash of its URL says them: `#/match?scenario=S11`, `#/center/aa`.
 * A hash works wherever a hub is served, also below a path.
 *
 * @module
 */

import type { HEADING_MESSAGES } from "./heading-messages.ts";
import type { MessageName } from "./language.ts";
import { isMatchHash, MATCH_HASH } from "./match/demand-state.ts";

/** Pages of the operators, in the order of their menu. */
export const OPERATOR_PAGES = [
  "inbox",
  "members",
  "merge",
  "collections",
  "terms",
  "health",
  "overlap",
  "market",
  "assessment",
  "benchmarks",
  "vouchers",
  "decisions",
  "log",
  "accounts",
  "keys",
] as const;

export type OperatorPage = (typeof OPERATOR_PAGES)[number];

/** Places of one thing. */
type NamedPlace = "provider" | "center" | "collection";

/** What a hash shows. */
export type Place =
  | { readonly name: "search" | "match" | "providers" | "centers" | "collections" }
  | { readonly name: NamedPlace; readonly id: string }
  | {
      readonly name: "operate";
      readonly page: OperatorPage;
      /** What the page is about, such as two providers. */
      readonly about: readonly string[];
      /** The secret with which somebody signs in; empty without one. */
      readonly link: string;
    };

const PLAIN = /^#\/(providers|centers|collections)$/;
const OPERATE = /^#\/operate(?:\/([a-z-]+)((?:\/[^/?#]+)*))?$/;
const LINK = /^#\/link\/([\w-]{43})$/;
const NAMED = /^#\/(provider|center|collection)\/([^/?#]+)$/;

/** The place of a hash; undefined for a hash that is none. */
export function placeOf(hash: string): Place | undefined {
  if (hash === "" || hash === "#") return { name: "search" };
  if (isMatchHash(hash)) return { name: "match" };
  const plain = PLAIN.exec(hash)?.[1];
  if (plain !== undefined) return { name: plain as "providers" | "centers" | "collections" };
  const [, name, id] = NAMED.exec(hash) ?? [];
  if (name !== undefined && id !== undefined) {
    const [decoded] = decodeParts([id]) ?? [];
    return decoded === undefined ? undefined : { name: name as NamedPlace, id: decoded };
  }
  const link = LINK.exec(hash)?.[1];
  if (link !== undefined) return { name: "operate", page: OPERATOR_PAGES[0], about: [], link };
  const operate = OPERATE.exec(hash);
  if (operate === null) return undefined;
  const page = OPERATOR_PAGES.find((one) => one === (operate[1] ?? OPERATOR_PAGES[0]));
  const about = decodeParts((operate[2] ?? "").split("/").slice(1));
  return page && about && { name: "operate", page, about, link: "" };
}

/** Undefined where one ends in half an escape. */
function decodeParts(parts: readonly string[]): readonly string[] | undefined {
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** True for the hash of a view other than the search. */
export function isViewHash(hash: string): boolean {
  const place = placeOf(hash);
  return place !== undefined && place.name !== "search";
}

export const PROVIDERS_HASH = "#/providers";
export const CENTERS_HASH = "#/centers";
export const COLLECTIONS_HASH = "#/collections";

export function providerHash(id: string): string {
  return `#/provider/${encodeURIComponent(id)}`;
}

export function centerHash(id: string): string {
  return `#/center/${encodeURIComponent(id)}`;
}

/** @param id Of a featured collection. */
export function collectionHash(id: string): string {
  return `#/collection/${encodeURIComponent(id)}`;
}

/** @param about What the page is about, such as a center. */
export function operateHash(page: OperatorPage, ...about: readonly string[]): string {
  return ["#/operate", page, ...about.map(encodeURIComponent)].join("/");
}

/** Two providers side by side. @param a Of an entity, or the URN of one of its records. */
export function mergeHash(a: string, b: string): string {
  return operateHash("merge", a, b);
}

/** @param secret Of a single-use link. */
export function linkHash(secret: string): string {
  return `#/link/${secret}`;
}

interface Entry {
  /** Of a place that belongs to the entry. */
  readonly names: readonly Place["name"][];
  readonly hash: string;
  readonly label: keyof typeof HEADING_MESSAGES;
}

/** The menu of the page. */
export const MENU: readonly Entry[] = [
  { names: ["search"], hash: "", label: "viewSearch" },
  { names: ["match"], hash: MATCH_HASH, label: "viewMatch" },
  { names: ["providers", "provider"], hash: PROVIDERS_HASH, label: "viewProviders" },
  { names: ["centers", "center"], hash: CENTERS_HASH, label: "viewCenters" },
  { names: ["collections", "collection"], hash: COLLECTIONS_HASH, label: "viewCollections" },
  { names: ["operate"], hash: operateHash("inbox"), label: "viewOperate" },
];

const BACK_LABELS: Readonly<Record<Place["name"], MessageName>> = {
  search: "back",
  match: "backToMatch",
  providers: "backToProviders",
  provider: "backToProvider",
  centers: "backToCenters",
  center: "backToCenter",
  collections: "backToCollections",
  collection: "backToCollection",
  operate: "backToOperate",
};

/** What the way back from a record to a view is called. */
export function backLabelOf(hash: string): MessageName {
  return BACK_LABELS[placeOf(hash)?.name ?? "search"];
}
