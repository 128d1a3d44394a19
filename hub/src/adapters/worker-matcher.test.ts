import { type BodyOf, encodeBody, ManualClock, systemClock } from "@tributary/proto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aBucket, aDemand, ReleaseChain, usccOf } from "../../test/support/match-world.ts";
import { aRecord, SmallLog, START_MS } from "../../test/support/small-log.ts";
import { temporaryPath } from "../../test/support/temporary-folder.ts";
import { foldEntries } from "../catalog/fold.ts";
import { NO_HITS, type Question } from "../match/question.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { openLevelCatalogStore } from "./level-catalog-store.ts";
import { WorkerMatcher } from "./worker-matcher.ts";

const NEVER = new AbortController().signal;

const question: Question = { demand: aDemand(), view: "members", nowMs: START_MS, hits: NO_HITS };

function aProvider(number: number): Uint8Array {
  const body: BodyOf<"provider"> = {
    name: `服务商${number}`,
    uscc: usccOf(number),
    scenarios: ["S01"],
  };
  return aRecord({ kind: "provider", key: `p${number}`, body: encodeBody("provider", body) });
}

/** The record of the center's next release: two buckets of a provider. */
function anOutcome(provider: number, epoch: string): Uint8Array {
  const buckets = [0, 1].map(() => aBucket({ provider: usccOf(provider) }));
  return aRecord({ kind: "outcome", key: epoch, body: chain.next(epoch, buckets) });
}

/** Brings the store to the end of the log. */
async function fill(store: CatalogStore, log: SmallLog): Promise<void> {
  const entries = log.entries.slice(await store.position());
  const { change } = await foldEntries(store, entries, log.lookup);
  await store.write(change);
}

let chain: ReleaseChain;
let folder: string;
let store: CatalogStore;
let log: SmallLog;

beforeEach(async () => {
  folder = temporaryPath("catalog");
  store = await openLevelCatalogStore(folder);
  log = new SmallLog();
  chain = new ReleaseChain();
  log.batch("aa", [aProvider(1), anOutcome(1, "2025Q3")]);
  await fill(store, log);
});

afterEach(async () => {
  await store[Symbol.asyncDispose]();
});

describe("matching in a thread", () => {
  test("answers from the catalog on disk, and follows it when told", async () => {
    await using matcher = new WorkerMatcher({ catalogFolder: folder, clock: systemClock });
    const first = await matcher.match(question, 10, NEVER);
    expect(first).toMatchObject({ position: 1, answer: { ranked: 1 } });
    expect(first.answer.providers[0]?.name).toBe("服务商1");
    log.batch("aa", [aProvider(2), anOutcome(2, "2025Q4")]);
    await fill(store, log);
    matcher.follow();
    expect(await matcher.match(question, 10, NEVER)).toMatchObject({
      position: 2,
      answer: { ranked: 2 },
    });
    matcher.reset();
    expect((await matcher.match(question, 10, NEVER)).answer.ranked).toBe(0);
    matcher.follow();
    expect(await matcher.plan(question, NEVER)).toMatchObject({
      position: 2,
      answer: { uncovered: [] },
    });
  });

  test("refuses more questions than may wait, those of who left, and all when it stops", async () => {
    const clock = new ManualClock(0);
    const matcher = new WorkerMatcher({ catalogFolder: folder, clock, maxQueued: 2 });
    const leaving = new AbortController();
    const left = matcher.match(question, 10, leaving.signal);
    const waiting = matcher.match(question, 10, NEVER);
    await expect(matcher.match(question, 10, NEVER)).rejects.toMatchObject({
      code: "ERR_OVERLOADED",
    });
    leaving.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    const stopped = matcher[Symbol.asyncDispose]();
    await expect(waiting).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
    await stopped;
  });
});
