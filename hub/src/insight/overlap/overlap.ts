/**
 * Overlap of all pairs of centers: three parts, an index, and whether chance explains the common providers.
 *
 * The result is columns, since it is handed from thread to thread; {@link pairsOf} makes pairs of them.
 *
 * @module
 */

import type { OverlapAnswer, OverlapMatrix, OverlapPair } from "@tributary/proto";
import type { CenterProfile, Federation } from "../federation.ts";
import { adjustedPValues } from "./false-discovery.ts";
import { nearDuplicates } from "./near-duplicates.ts";
import { commonShare, type Engagements, engagementsOf } from "./niche.ts";
import { actionsOf, divisionOf, indexOf, OVERLAP_RULE } from "./rule.ts";
import { SharedProviders } from "./shared-providers.ts";
import { provincesOf, regionsMeet, servedRegions } from "./territory.ts";

/** What is shown of a center in each of its pairs. */
interface CenterSide {
  readonly id: string;
  /** Providers that it lists, and texts that were compared. */
  readonly listed: number;
  readonly documents: number;
  readonly engagements: number;
  readonly byScenario: Engagements["byScenario"];
  readonly regions: readonly string[];
}

/** All pairs. */
export interface Overlap {
  /** Ascending by id. */
  readonly centers: readonly CenterSide[];
  /** {@link WIDTH} numbers a pair, the largest index first; pairs without a known part are last. */
  readonly pairs: Float64Array;
  readonly documentsComplete: boolean;
}

/** Places of the numbers of a pair; NaN where a part is not known. */
const AT = {
  a: 0,
  b: 1,
  index: 2,
  share: 3,
  shared: 4,
  expected: 5,
  pValue: 6,
  qValue: 7,
  niche: 8,
  copiesA: 9,
  copiesB: 10,
} as const;
const WIDTH = Object.keys(AT).length;
/** In a matrix: no part is known. */
const UNKNOWN = 255;

export function overlapOf({ centers: profiles, listings, documents }: Federation): Overlap {
  const count = profiles.length;
  const providers = new SharedProviders({ centers: count, providers: listings });
  const texts = new Uint32Array(count);
  for (const center of documents.centers) texts[center] = (texts[center] as number) + 1;
  const copies = nearDuplicates(documents, { centers: count, minJaccard: OVERLAP_RULE.minJaccard });
  const engagements = profiles.map(({ body, buckets }) =>
    engagementsOf(buckets, provincesOf(servedRegions(body ?? {}))),
  );
  const centers = profiles.map((profile, i) =>
    sideOf(profile, providers.listed(i), texts[i] as number, engagements[i] as Engagements),
  );

  const rows: number[][] = [];
  for (let a = 0; a < count; a += 1) {
    for (let b = a + 1; b < count; b += 1) {
      const [sideA, sideB] = [centers[a] as CenterSide, centers[b] as CenterSide];
      const row = new Array<number>(WIDTH).fill(Number.NaN);
      row[AT.a] = a;
      row[AT.b] = b;
      if (sideA.listed > 0 && sideB.listed > 0) {
        const { share, shared, expected, pValue } = providers.between(a, b);
        row[AT.share] = share;
        row[AT.shared] = shared;
        row[AT.expected] = expected;
        row[AT.pValue] = pValue;
      }
      if (sideA.engagements > 0 && sideB.engagements > 0) {
        row[AT.niche] = commonShare(engagements[a] as Engagements, engagements[b] as Engagements);
      }
      if (sideA.documents > 0 && sideB.documents > 0) {
        row[AT.copiesA] = copies.copies[a * count + b] as number;
        row[AT.copiesB] = copies.copies[b * count + a] as number;
      }
      rows.push(row);
    }
  }
  const tested = rows.filter((row) => !Number.isNaN(row[AT.pValue]));
  const corrected = adjustedPValues(Float64Array.from(tested, (row) => row[AT.pValue] as number));
  tested.forEach((row, i) => {
    row[AT.qValue] = corrected[i] as number;
  });
  for (const row of rows) row[AT.index] = indexOf(partsOf(centers, row)) ?? Number.NaN;
  rows.sort((x, y) => rank(y) - rank(x));
  return {
    centers,
    pairs: Float64Array.from(rows.flat()),
    documentsComplete: copies.isComplete,
  };
}

/** Where a pair stands: those whose index is not known come last, and Array.sort keeps equal ones in their order. */
function rank(row: readonly number[]): number {
  const index = row[AT.index] as number;
  return Number.isNaN(index) ? -1 : index;
}

/** Which pairs are wanted, by their centers' ids. */
export type PairFilter = (a: string, b: string) => boolean;

/** Pairs that overlap in something, the largest index first. */
export function* pairsOf(
  { centers, pairs }: Overlap,
  isWanted: PairFilter,
): Iterable<Omit<OverlapPair, "nameA" | "nameB">> {
  for (const row of rowsOf({ centers, pairs }, isWanted)) {
    if (!((row[AT.index] as number) > 0)) return;
    yield pairAt(centers, row);
  }
}

/** How many pairs were compared, and how many share more providers than chance explains. */
export function countsOf(
  overlap: Pick<Overlap, "centers" | "pairs">,
  isWanted: PairFilter,
): Pick<OverlapAnswer, "compared" | "significant"> {
  let compared = 0;
  let significant = 0;
  for (const row of rowsOf(overlap, isWanted)) {
    compared += 1;
    if ((row[AT.qValue] as number) <= OVERLAP_RULE.falseDiscoveryRate) significant += 1;
  }
  return { compared, significant };
}

/** The index of the wanted pairs, between all centers that are in one. */
export function matrixOf(
  overlap: Pick<Overlap, "centers" | "pairs">,
  isWanted: PairFilter,
): OverlapMatrix {
  const rows = [...rowsOf(overlap, isWanted)];
  const numbers = new Set(rows.flatMap((row) => [row[AT.a] as number, row[AT.b] as number]));
  const places = new Map(
    [...numbers].sort((a, b) => a - b).map((number, place) => [number, place]),
  );
  const size = places.size;
  const percent = new Uint8Array((size * (size - 1)) / 2).fill(UNKNOWN);
  for (const row of rows) {
    const index = row[AT.index] as number;
    if (Number.isNaN(index)) continue;
    const a = places.get(row[AT.a] as number) as number;
    const b = places.get(row[AT.b] as number) as number;
    percent[a * size - (a * (a + 1)) / 2 + (b - a - 1)] = Math.round(index * 100);
  }
  const centerIds = [...places.keys()].map((number) => (overlap.centers[number] as CenterSide).id);
  return { centerIds, percent };
}

function* rowsOf(
  { centers, pairs }: Pick<Overlap, "centers" | "pairs">,
  isWanted: PairFilter,
): Iterable<Float64Array> {
  for (let at = 0; at < pairs.length; at += WIDTH) {
    const row = pairs.subarray(at, at + WIDTH);
    const [a, b] = sidesOf(centers, row);
    if (isWanted(a.id, b.id)) yield row;
  }
}

type Row = ArrayLike<number>;

function pairAt(centers: readonly CenterSide[], row: Row): Omit<OverlapPair, "nameA" | "nameB"> {
  const [a, b] = sidesOf(centers, row);
  const parts = partsOf(centers, row);
  const actions = actionsOf(parts);
  return {
    centerA: a.id,
    centerB: b.id,
    index: row[AT.index] as number,
    ...parts,
    actions,
    division: actions.some(({ code }) => code === "divide_scenarios")
      ? divisionOf([a.id, a.byScenario], [b.id, b.byScenario])
      : [],
  };
}

function partsOf(
  centers: readonly CenterSide[],
  row: Row,
): Pick<OverlapPair, "providers" | "niche" | "documents" | "sameRegion"> {
  const [a, b] = sidesOf(centers, row);
  const number = (name: keyof typeof AT) => row[AT[name]] as number;
  const isKnown = (name: keyof typeof AT) => !Number.isNaN(number(name));
  const qValue = number("qValue");
  return {
    sameRegion: regionsMeet(a.regions, b.regions),
    ...(isKnown("share") && {
      providers: {
        share: number("share"),
        shared: number("shared"),
        ofA: a.listed,
        ofB: b.listed,
        expected: number("expected"),
        pValue: number("pValue"),
        qValue,
        significant: qValue <= OVERLAP_RULE.falseDiscoveryRate,
      },
    }),
    ...(isKnown("niche") && {
      niche: {
        share: number("niche"),
        engagementsA: a.engagements,
        engagementsB: b.engagements,
      },
    }),
    ...(isKnown("copiesA") && {
      documents: {
        share: documentShare(a.documents, b.documents, number("copiesA"), number("copiesB")),
        copiesA: number("copiesA"),
        copiesB: number("copiesB"),
        ofA: a.documents,
        ofB: b.documents,
      },
    }),
  };
}

/** Of the center with fewer texts; of two with as many, the larger share. */
function documentShare(ofA: number, ofB: number, copiesA: number, copiesB: number): number {
  if (ofA === ofB) return Math.max(copiesA, copiesB) / ofA;
  return ofA < ofB ? copiesA / ofA : copiesB / ofB;
}

function sidesOf(centers: readonly CenterSide[], row: Row): readonly [CenterSide, CenterSide] {
  return [centers[row[AT.a] as number] as CenterSide, centers[row[AT.b] as number] as CenterSide];
}

function sideOf(
  { id, body }: CenterProfile,
  listed: number,
  documents: number,
  { total, byScenario }: Engagements,
): CenterSide {
  return {
    id,
    listed,
    documents,
    engagements: total,
    byScenario,
    regions: servedRegions(body ?? {}),
  };
}
