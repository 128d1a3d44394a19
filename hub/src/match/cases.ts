/**
 * What cases say of providers: whose experience is like a text, and who has worked together. A case counts if its center
 * vouches for it; what the provider reports itself is told as not counted.
 *
 * @module
 */

import { type BodyOf, type RecordRef, urnOf } from "@tributary/proto";
import { isIn } from "./audience.ts";
import type { View } from "./evidence-base.ts";
import { usccOf } from "./providers.ts";

interface KnownCase {
  readonly view: View | undefined;
  /** Valid unified social credit codes, none twice, ascending. */
  readonly providers: readonly string[];
  readonly isVerified: boolean;
}

/** Evidence levels from "verified by the center" upwards. */
const VERIFIED = new Set(["E2", "E3", "E4"]);

/** Follows case records. */
export class CaseTable {
  readonly #cases = new Map<string, KnownCase>();
  #otherCodes: ReadonlyMap<string, string> = new Map();
  readonly #pairs = new Map<View, ReadonlyMap<string, number>>();
  readonly #selfReported = new Map<View, ReadonlyMap<string, number>>();

  put(ref: RecordRef, view: View | undefined, body: BodyOf<"case">): void {
    const { providers = [] } = body;
    const codes = providers.flatMap(({ uscc }) => usccOf(uscc) ?? []);
    this.#cases.set(urnOf(ref), {
      view,
      providers: [...new Set(codes)].sort(),
      isVerified: isVerified(body),
    });
    this.#forget();
  }

  remove(ref: RecordRef): void {
    if (this.#cases.delete(urnOf(ref))) this.#forget();
  }

  clear(): void {
    this.#cases.clear();
    this.#forget();
  }

  /** Takes codes for the provider that has them, see `ProviderTable.otherCodes`. */
  unify(otherCodes: ReadonlyMap<string, string>): void {
    this.#otherCodes = otherCodes;
    this.#forget();
  }

  /** Providers of a case that its center vouches for; none of another case. */
  verifiedProviders(urn: string, view: View): readonly string[] {
    const known = this.#cases.get(urn);
    return known?.isVerified && isIn(known.view, view) ? this.#unified(known) : [];
  }

  /** Verified engagements of two providers together. */
  joint(a: string, b: string, view: View): number {
    let pairs = this.#pairs.get(view);
    if (pairs === undefined) {
      pairs = this.#count(view, ({ isVerified: ok, providers }) => (ok ? pairsOf(providers) : []));
      this.#pairs.set(view, pairs);
    }
    return pairs.get(pairOf(a, b)) ?? 0;
  }

  /** Cases of a provider that nobody but itself vouches for. */
  selfReported(provider: string, view: View): number {
    let counts = this.#selfReported.get(view);
    if (counts === undefined) {
      counts = this.#count(view, ({ isVerified: ok, providers }) => (ok ? [] : providers));
      this.#selfReported.set(view, counts);
    }
    return counts.get(provider) ?? 0;
  }

  #count(view: View, keysOf: (known: KnownCase) => readonly string[]): Map<string, number> {
    const counts = new Map<string, number>();
    for (const known of this.#cases.values()) {
      if (!isIn(known.view, view)) continue;
      const unified = { ...known, providers: this.#unified(known) };
      for (const key of keysOf(unified)) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }

  #unified({ providers }: KnownCase): readonly string[] {
    if (this.#otherCodes.size === 0) return providers;
    return [...new Set(providers.map((code) => this.#otherCodes.get(code) ?? code))].sort();
  }

  #forget(): void {
    this.#pairs.clear();
    this.#selfReported.clear();
  }
}

/** Accepted, and with an effect that somebody other than the provider vouches for. */
function isVerified({ stage, outcomes = [] }: BodyOf<"case">): boolean {
  return (
    (stage === "accepted" || stage === "followed_up") &&
    outcomes.some(({ evidence, method }) => VERIFIED.has(evidence ?? "") && method !== "self")
  );
}

function pairsOf(providers: readonly string[]): string[] {
  return providers.flatMap((a, i) => providers.slice(i + 1).map((b) => pairOf(a, b)));
}

function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
