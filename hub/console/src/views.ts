/**
 * The views of the page beside the search, as the hash of its URL says them: `#/match?scenario=S11`, `#/center/aa`.
 * A hash works wherever a hub is served, also below a path.
 *
 * @module
 */

import type { MessageName } from "./language.ts";
import { isMatchHash, MATCH_HASH } from "./match/demand-state.ts";

/** Pages of the operators, in the order of their menu. */
export const OPERATOR_PAGES = [
  "members",
  "health",
  "decisions",
  "log",
  "accounts",
  "keys",
] as const;

export type OperatorPage = (typeof OPERATOR_PAGES)[number];

/** What a hash shows. */
export type Place =
  | { readonly name: "search" | "match" | "providers" | "centers" }
  | { readonly name: "provider" | "center"; readonly id: string }
  /** `link` is the secret with which somebody signs in; empty without one. */
  | { readonly name: "operate"; readonly page: OperatorPage; readonly link: string };

const PLAIN = /^#\/(providers|centers)$/;
const OPERATE = /^#\/operate(?:\/([a-z-]+))?$/;
const LINK = /^#\/link\/([\w-]{43})$/;
const NAMED = /^#\/(provider|center)\/([^/?#]+)$/;

/** The place of a hash; undefined for a hash that is none. */
export function placeOf(hash: string): Place | undefined {
  if (hash === "" || hash === "#") return { name: "search" };
  if (isMatchHash(hash)) return { name: "match" };
  const plain = PLAIN.exec(hash)?.[1];
  if (plain !== undefined) return { name: plain as "providers" | "centers" };
  const [, name, id] = NAMED.exec(hash) ?? [];
  if (name !== undefined && id !== undefined) {
    try {
      return { name: name as "provider" | "center", id: decodeURIComponent(id) };
    } catch {
      return undefined; // half an escape
    }
  }
  const link = LINK.exec(hash)?.[1];
  if (link !== undefined) return { name: "operate", page: OPERATOR_PAGES[0], link };
  const operate = OPERATE.exec(hash);
  if (operate === null) return undefined;
  const page = OPERATOR_PAGES.find((one) => one === (operate[1] ?? OPERATOR_PAGES[0]));
  return page && { name: "operate", page, link: "" };
}

/** True for the hash of a view other than the search. */
export function isViewHash(hash: string): boolean {
  const place = placeOf(hash);
  return place !== undefined && place.name !== "search";
}

export const PROVIDERS_HASH = "#/providers";
export const CENTERS_HASH = "#/centers";

export function providerHash(id: string): string {
  return `#/provider/${encodeURIComponent(id)}`;
}

export function centerHash(id: string): string {
  return `#/center/${encodeURIComponent(id)}`;
}

export function operateHash(page: OperatorPage): string {
  return `#/operate/${page}`;
}

/** @param secret Of a single-use link. */
export function linkHash(secret: string): string {
  return `#/link/${secret}`;
}

interface Entry {
  /** Of a place that belongs to the entry. */
  readonly names: readonly Place["name"][];
  readonly hash: string;
  readonly label: MessageName;
}

/** The menu of the page. */
export const MENU: readonly Entry[] = [
  { names: ["search"], hash: "", label: "viewSearch" },
  { names: ["match"], hash: MATCH_HASH, label: "viewMatch" },
  { names: ["providers", "provider"], hash: PROVIDERS_HASH, label: "viewProviders" },
  { names: ["centers", "center"], hash: CENTERS_HASH, label: "viewCenters" },
  { names: ["operate"], hash: operateHash("members"), label: "viewOperate" },
];

const BACK_LABELS: Readonly<Record<Place["name"], MessageName>> = {
  search: "back",
  match: "backToMatch",
  providers: "backToProviders",
  provider: "backToProvider",
  centers: "backToCenters",
  center: "backToCenter",
  operate: "backToOperate",
};

/** What the way back from a record to a view is called. */
export function backLabelOf(hash: string): MessageName {
  return BACK_LABELS[placeOf(hash)?.name ?? "search"];
}
