/**
 * A small releaser of sealed buckets along the ladder, and the mistakes that it can be told to make. It has the rules
 * that the attacks depend on and no other; the mistakes are negative controls, each of which an attack must find.
 *
 * @module
 */

import {
  type BodyOf,
  bandOf,
  bucketCommitment,
  bucketIdOf,
  COST_BANDS_CNY,
  clipDelta,
  compareBytes,
  DELTA_BANDS,
  DURATION_BANDS_MONTHS,
  encodeBody,
  type Hierarchies,
  hmacSha256,
  LADDER,
  labelAt,
  SATISFIED_FROM,
  sha256Text,
  utf8,
} from "@tributary/proto";
import { highestLevelAfter } from "../attacks/knowledge.ts";
import type { EvalEngagement, Quarter, ReleaserUnderTest } from "../engagement.ts";
import { outcomeClassOf } from "../outcome-class.ts";

/** A planted mistake. */
export type Mistake =
  | "recut" // every epoch buckets all records so far anew, as if none had been sealed
  | "count-records" // k counts records: one enterprise may fill a bucket
  | "no-diversity" // buckets of one outcome are sealed
  | "plain-hash" // a record is named by an unkeyed hash of its enterprise
  | "counts-pending"; // the policy's name tells how many records wait

const K_SATISFACTION = 10;
/** Buckets a body; a list may have 500. */
const PART_BUCKETS = 200;
const L = 3;
const SHARE_CAP = 0.6;

type Bucket = NonNullable<BodyOf<"outcome">["buckets"]>[number];

/** A releaser that seals honestly, but for the mistakes given. */
export function sealingReleaser(...mistakes: readonly Mistake[]): ReleaserUnderTest {
  const has = (mistake: Mistake) => mistakes.includes(mistake);
  const pseudonym = hmacSha256(utf8("a secret that only the test knows"));
  const keyedNullifier = (id: string) => pseudonym(utf8(`rec\0${id}`));
  const nullifierFor = ({ id, ent }: EvalEngagement) =>
    has("plain-hash") ? sha256Text(ent) : keyedNullifier(id);
  return {
    nullifierOf: keyedNullifier,
    release: async (quarters, { k, hierarchies }) => {
      const outbox: Uint8Array[] = [];
      let pending: Waiting[] = [];
      let all: Waiting[] = [];
      for (const [at, quarter] of quarters.entries()) {
        const fresh = quarter.engagements.map((engagement) => ({ engagement, since: at }));
        all = [...all, ...fresh];
        pending = has("recut") ? all : [...pending, ...fresh];
        const passes = (records: readonly EvalEngagement[]) =>
          records.length >= k && (has("no-diversity") || isDiverse(records));
        const oneEach = !has("count-records");
        const sealed = seal(pending, at, hierarchies, passes, oneEach);
        const used = new Set(sealed.flatMap(({ records }) => records));
        pending = pending.filter(({ engagement }) => !used.has(engagement));
        const buckets = sealed.map((group) => bucketOf(group, nullifierFor, pseudonym));
        const policyId = has("counts-pending") ? `p-${pending.length}` : "p-1";
        outbox.push(...partsOf(quarter, outbox.length, buckets, policyId, k));
      }
      return outbox;
    },
  };
}

interface Waiting {
  readonly engagement: EvalEngagement;
  readonly since: number;
}

interface Group {
  readonly level: number;
  readonly label: readonly string[];
  readonly records: readonly EvalEngagement[];
}

/** From the finest level down, every group that passes. */
function seal(
  pending: readonly Waiting[],
  now: number,
  hierarchies: Hierarchies,
  passes: (records: readonly EvalEngagement[]) => boolean,
  oneEach: boolean,
): Group[] {
  const sealed: Group[] = [];
  let left = pending;
  for (const level of LADDER.keys()) {
    const groups = new Map<string, { label: readonly string[]; records: EvalEngagement[] }>();
    for (const { engagement, since } of left) {
      if (level > highestLevelAfter(now - since)) continue;
      const label = labelAt(level, engagement, hierarchies);
      if (label === undefined) continue;
      const key = label.join("\0");
      const group = groups.get(key) ?? { label, records: [] };
      groups.set(key, group);
      if (!oneEach || !group.records.some(({ ent }) => ent === engagement.ent)) {
        group.records.push(engagement);
      }
    }
    const used = new Set<EvalEngagement>();
    for (const { label, records } of groups.values()) {
      if (!passes(records)) continue;
      sealed.push({ level, label, records });
      for (const record of records) used.add(record);
    }
    left = left.filter(({ engagement }) => !used.has(engagement));
  }
  return sealed;
}

function isDiverse(records: readonly EvalEngagement[]): boolean {
  const classes = Map.groupBy(records, outcomeClassOf);
  const largest = Math.max(...[...classes.values()].map(({ length }) => length));
  return classes.size >= L && largest <= SHARE_CAP * records.length;
}

function bucketOf(
  { level, label, records }: Group,
  nullifierFor: (engagement: EvalEngagement) => Uint8Array,
  secret: (...parts: readonly Uint8Array[]) => Uint8Array,
): Bucket {
  const nullifiers = records.map(nullifierFor).sort(compareBytes);
  const deltas = records.map(({ kpiDelta }) => clipDelta(kpiDelta));
  const satisfied = records.filter(({ sat }) => sat !== null && sat >= SATISFIED_FROM).length;
  return {
    bucketId: new Uint8Array(bucketIdOf(nullifiers)),
    level,
    label: [...label],
    n: records.length,
    distinct: new Set(records.map(({ ent }) => ent)).size,
    kpi: {
      KPI: {
        n: deltas.length,
        sum: deltas.reduce((sum, delta) => sum + delta, 0),
        sumOfSquares: deltas.reduce((sum, delta) => sum + delta * delta, 0),
        histogram: histogramOf(deltas, DELTA_BANDS.length + 1, (d) => bandOf(d, DELTA_BANDS)),
      },
    },
    cost: histogramOf(records, COST_BANDS_CNY.length + 1, ({ costBand }) => costBand),
    months: histogramOf(records, DURATION_BANDS_MONTHS.length + 1, ({ months }) =>
      bandOf(months, DURATION_BANDS_MONTHS),
    ),
    voucher: records.filter(({ voucher }) => voucher).length,
    ...(records.length >= K_SATISFACTION ? { satisfied } : {}),
    nullifiers: nullifiers.map((nullifier) => new Uint8Array(nullifier)),
    commitment: new Uint8Array(
      bucketCommitment(
        records.map((record) => ({
          salt: secret(utf8(`salt\0${record.id}`)),
          group: secret(utf8(`ent\0${record.ent}`)).slice(0, 16),
          nullifier: nullifierFor(record),
        })),
      ),
    ),
  };
}

function histogramOf<Item>(
  items: readonly Item[],
  bands: number,
  bandFor: (item: Item) => number,
): number[] {
  const counts = new Array<number>(bands).fill(0);
  for (const item of items) {
    const band = bandFor(item);
    counts[band] = (counts[band] ?? 0) + 1;
  }
  return counts;
}

function partsOf(
  { epoch }: Quarter,
  seq: number,
  buckets: readonly Bucket[],
  policyId: string,
  k: number,
): Uint8Array[] {
  const parts = Math.max(1, Math.ceil(buckets.length / PART_BUCKETS));
  return Array.from({ length: parts }, (_, part) =>
    encodeBody("outcome", {
      epoch,
      releaseSeq: seq + part,
      policy: { policyId, k, l: L, shareCap: "3/5", kSatisfaction: K_SATISFACTION },
      buckets: buckets.slice(part * PART_BUCKETS, (part + 1) * PART_BUCKETS),
      part,
      parts,
    }),
  );
}
