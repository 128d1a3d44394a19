import {
  bucketCommitment,
  bucketIdOf,
  decodeBody,
  fromHex,
  ManualClock,
  sha256,
  toHex,
  utf8,
} from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anEngagement,
  begun,
  engagements,
  moveTo,
  openReleases,
  pseudonyms,
  Q1,
} from "../../../test/release-fixture.ts";
import { MemoryReleaseLedger } from "../../adapters/memory-release-ledger.ts";
import type { LedgerChange } from "../../ports/release-ledger.ts";
import { epochAt, epochText, tickOf } from "./epoch.ts";
import { releaseKeyOf } from "./release-body.ts";

const NEVER = new AbortController().signal;

const bodies = (releases: readonly { readonly body: Uint8Array }[]) =>
  releases.map(({ body }) => decodeBody("outcome", body));

describe("Releases", () => {
  test("publish nothing before the tick of the epoch, and then one bucket of what was finished in it", async () => {
    const { releases, clock } = await openReleases();
    const taken = await releases.take("outcomes", engagements(6));
    expect(taken).toMatchObject({ added: 6, changed: 0, dropped: 0, used: 0 });
    expect(await releases.tick(NEVER)).toEqual([]);
    moveTo(clock, tickOf(Q1));
    const [release] = bodies(await releases.tick(NEVER));
    expect(release).toMatchObject({
      epoch: "2025Q1",
      policy: { policyId: "sealed-k5", k: 5, l: 3, shareCap: "3/5", m: 2, kSatisfaction: 10 },
      buckets: [
        {
          label: ["S21", "91350100M000100Y43", "36", "SX"],
          n: 6,
          distinct: 6,
          cost: [0, 6, 0, 0, 0, 0],
          months: [0, 6, 0, 0],
          voucher: 3,
          scenarioFamilies: { F: 6 },
          kpi: {
            ON_TIME_DELIVERY: {
              n: 6,
              sum: 42,
              sumOfSquares: 774,
              histogram: [2, 1, 1, 1, 1],
            },
          },
        },
      ],
    });
    expect(release?.buckets?.[0]).not.toHaveProperty("satisfied");
    expect(await releases.tick(NEVER)).toEqual([]);
  });

  test("bind a bucket to its records, which only the center can open", async () => {
    const { releases, clock } = await openReleases();
    await releases.take("outcomes", engagements(6));
    moveTo(clock, tickOf(Q1));
    const [release] = bodies(await releases.tick(NEVER));
    const bucket = release?.buckets?.[0];
    const openings = [...engagements(6)].map(([id, { enterprise }]) => {
      const nullifier = pseudonyms.nullifier(id);
      return { salt: pseudonyms.salt(nullifier), group: pseudonyms.group(enterprise), nullifier };
    });
    expect(bucket?.commitment).toEqual(bucketCommitment(openings));
    expect(bucket?.bucketId).toEqual(bucketIdOf(bucket?.nullifiers ?? []));
    expect(bucket?.nullifiers.map(toHex)).toEqual(
      openings.map(({ nullifier }) => toHex(nullifier)).sort(),
    );
  });

  test("are a chain, also of empty releases, one an epoch", async () => {
    const { releases, clock } = await openReleases();
    moveTo(clock, tickOf(Q1 + 2));
    const made = await releases.tick(NEVER);
    expect(made.map(({ seq, epoch }) => [seq, epochText(epoch)])).toEqual([
      [0, "2025Q1"],
      [1, "2025Q2"],
      [2, "2025Q3"],
    ]);
    const [first, second, third] = bodies(made);
    expect(first).not.toHaveProperty("prevReleaseHash");
    expect(second?.prevReleaseHash).toEqual(sha256(made[0]?.body as Uint8Array));
    expect(third?.prevReleaseHash).toEqual(sha256(made[1]?.body as Uint8Array));
    expect(made.map(releaseKeyOf)).toEqual(["2025Q1", "2025Q2", "2025Q3"]);
  });

  test("use a record once: it is not published again, changed or not", async () => {
    const { releases, clock } = await openReleases();
    await releases.take("outcomes", engagements(6));
    moveTo(clock, tickOf(Q1));
    await releases.tick(NEVER);
    const changed = engagements(6, { satisfaction: 1 });
    expect(await releases.take("outcomes", changed)).toMatchObject({ added: 0, used: 6 });
    moveTo(clock, tickOf(Q1 + 1));
    expect(bodies(await releases.tick(NEVER))[0]).not.toHaveProperty("buckets");
  });

  test("take corrections and withdrawals of what still waits", async () => {
    const { releases, ledger } = await openReleases();
    await releases.take("outcomes", engagements(4));
    await releases.take("others", engagements(1, {}, 50));
    const corrected = engagements(2, { sizeBand: "large" });
    expect(await releases.take("outcomes", corrected)).toMatchObject({
      added: 0,
      changed: 2,
      dropped: 2,
    });
    const waiting = await Array.fromAsync(ledger.pending());
    expect(waiting.map(({ sourceId }) => sourceId).sort()).toEqual([
      "others",
      "outcomes",
      "outcomes",
    ]);
    expect(await releases.take("outcomes", corrected)).toMatchObject({ changed: 0, dropped: 0 });
  });

  test("what comes late enters the open epoch and waits from there", async () => {
    const { releases, clock, ledger } = await openReleases();
    moveTo(clock, tickOf(Q1 + 1));
    await releases.tick(NEVER);
    await releases.take("outcomes", engagements(1));
    const [late] = await Array.fromAsync(ledger.pending());
    expect(late).toMatchObject({ finished: Q1, entered: Q1 + 2 });
  });

  test("say why an engagement cannot become evidence", async () => {
    const { releases } = await openReleases();
    const { faults } = await releases.take(
      "outcomes",
      new Map([
        ["no-sector", anEngagement(1, { industry: "999" })],
        ["no-figure", anEngagement(2, { outcomes: [] })],
        [
          "own-word",
          anEngagement(3, {
            outcomes: [
              { kpi: "OEE", valueKind: "level_change", unit: "pp", value: 5, method: "self" },
            ],
          }),
        ],
      ]),
    );
    expect(Object.fromEntries(faults)).toEqual({
      "no-sector": "unlabelled",
      "no-figure": "unmeasured",
      "own-word": "unmeasured",
    });
  });

  test("turn what should fall into points above zero", async () => {
    const { releases, ledger } = await openReleases();
    await releases.take(
      "outcomes",
      new Map([
        [
          "a",
          anEngagement(1, {
            outcomes: [
              { kpi: "DEFECT_RATE", valueKind: "relative", unit: "pct", value: -80 },
              { kpi: "OEE", valueKind: "level_change", unit: "pp", value: -4 },
              { kpi: "COST_SAVED", valueKind: "absolute", unit: "cny_10k", value: 90 },
            ],
          }),
        ],
      ]),
    );
    const [record] = await Array.fromAsync(ledger.pending());
    expect(record?.deltas).toEqual({ DEFECT_RATE: 50, OEE: -4 });
    expect(record?.leadKpi).toBe("DEFECT_RATE");
  });

  test("take a bucket back as a whole with the next release, and burn its records", async () => {
    const { releases, clock } = await openReleases();
    await releases.take("outcomes", engagements(6));
    moveTo(clock, tickOf(Q1));
    const [release] = bodies(await releases.tick(NEVER));
    const id = toHex(release?.buckets?.[0]?.bucketId as Uint8Array);
    await releases.retract(id, "legal");
    await expect(releases.retract(id, "error")).rejects.toMatchObject({
      code: "ERR_ALREADY_EXISTS",
    });
    await expect(releases.retract("00", "error")).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
    expect(await releases.take("outcomes", engagements(6))).toMatchObject({ added: 0, used: 6 });
    moveTo(clock, tickOf(Q1 + 2));
    const [second, third] = bodies(await releases.tick(NEVER));
    expect(second?.retracted).toEqual([{ bucketId: fromHex(id), reason: "legal" }]);
    expect(third).not.toHaveProperty("retracted");
  });

  test("plan the next release and say why the rest waits", async () => {
    const { releases } = await openReleases();
    await releases.take("outcomes", engagements(6));
    await releases.take("few", engagements(2, { scenarios: ["S01"] }, 20));
    await releases.take("later", engagements(1, { finished: "2026Q1" }, 30));
    expect(await releases.plan()).toEqual({
      epoch: Q1,
      buckets: [
        {
          level: 0,
          label: ["S21", "91350100M000100Y43", "36", "SX"],
          kpi: "ON_TIME_DELIVERY",
          records: 6,
        },
      ],
      waiting: [
        {
          reason: "few",
          label: ["S01", "91350100M000100Y43", "C", "*"],
          enterprises: 2,
          records: 2,
          coarserFrom: Q1 + 1,
        },
        { reason: "later", enterprises: 1, records: 1 },
      ],
    });
  });

  test("hold nothing of an enterprise in what leaves", async () => {
    const { releases, clock } = await openReleases();
    await releases.take("outcomes", engagements(12));
    moveTo(clock, tickOf(Q1));
    const [made] = await releases.tick(NEVER);
    const text = Buffer.from(made?.body as Uint8Array).toString("latin1");
    for (const [id, { enterprise }] of engagements(12)) {
      expect(text).not.toContain(Buffer.from(utf8(enterprise)).toString("latin1"));
      expect(text).not.toContain(Buffer.from(pseudonyms.group(enterprise)).toString("latin1"));
      expect(text).not.toContain(id);
    }
  });

  test("survive a write that fails: nothing is used twice, nothing is lost (X7)", async () => {
    const operation = fc.oneof(
      fc.record({ type: fc.constant("take" as const), from: fc.nat(30), count: fc.nat(25) }),
      fc.record({ type: fc.constant("tick" as const) }),
      fc.record({ type: fc.constant("retract" as const), pick: fc.nat(5) }),
    );
    const run = fc.array(fc.tuple(operation, fc.constantFrom("done", "lost", "unknown")), {
      maxLength: 14,
    });
    await fc.assert(
      fc.asyncProperty(run, async (steps) => {
        const ledger = await begun(new CrashingLedger());
        const clock = new ManualClock(tickOf(Q1) - 1);
        for (const [step, fate] of steps) {
          // A crash ends the process: the ledger is opened again.
          const { releases, clock: own } = await openReleases(ledger, clock.now());
          ledger.fate = fate;
          try {
            if (step.type === "take") {
              await releases.take("outcomes", engagements(step.count, {}, step.from));
            } else if (step.type === "tick") {
              moveTo(own, tickOf(epochAt(clock.now())));
              moveTo(clock, own.now());
              await releases.tick(NEVER);
            } else {
              const buckets = await Array.fromAsync(ledger.buckets());
              const bucket = buckets[step.pick];
              if (bucket !== undefined && bucket.retraction === undefined) {
                await releases.retract(bucket.bucketId, "error");
              }
            }
          } catch (error) {
            expect(error).toMatchObject({ message: "crash" });
          }
        }
        ledger.fate = "done";
        await assertWhole(ledger);
      }),
      { seed: 6, numRuns: 1_000 },
    );
  });
});

/** Fails its next write: before it happens, or after. */
class CrashingLedger extends MemoryReleaseLedger {
  fate = "done";

  override async commit(change: LedgerChange): Promise<void> {
    if (this.fate === "lost") throw new Error("crash");
    await super.commit(change);
    if (this.fate === "unknown") throw new Error("crash");
  }
}

/** The invariants, from the bytes that were released. */
async function assertWhole(ledger: MemoryReleaseLedger): Promise<void> {
  const made = await Array.fromAsync(ledger.releases(0));
  const seen = new Set<string>();
  const retracted = new Set<string>();
  let previous: Uint8Array | undefined;
  for (const [seq, { body, epoch }] of made.entries()) {
    const release = decodeBody("outcome", body);
    expect(release.releaseSeq ?? 0).toBe(seq);
    expect(release.prevReleaseHash).toEqual(previous);
    expect(epoch).toBe(Q1 + seq);
    previous = sha256(body);
    for (const { bucketId } of release.retracted ?? []) {
      expect(retracted.has(toHex(bucketId))).toBe(false);
      retracted.add(toHex(bucketId));
    }
    for (const bucket of release.buckets ?? []) {
      expect(bucket.n).toBeGreaterThanOrEqual(5);
      for (const nullifier of bucket.nullifiers.map(toHex)) {
        expect(seen.has(nullifier)).toBe(false);
        seen.add(nullifier);
      }
    }
  }
  for await (const { nullifier } of ledger.pending()) expect(seen.has(nullifier)).toBe(false);
  const kept = await Array.fromAsync(ledger.buckets());
  expect(kept.flatMap(({ members }) => members.map((m) => m.nullifier)).sort()).toEqual(
    [...seen].sort(),
  );
}
