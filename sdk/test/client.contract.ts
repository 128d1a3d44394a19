/**
 * What a client does, whatever carries its calls. Run for Connect and for gRPC.
 *
 * @module
 */

import { getEventListeners } from "node:events";
import {
  cosign,
  formatNote,
  formatVkey,
  generateSigningKey,
  parseMatchQuery,
  parseNote,
  type SigningKey,
  TributaryError,
} from "@tributary/proto";
import {
  type Client,
  type ClientOptions,
  formatMisbehaviourFile,
  isTributaryError,
  MemoryCheckpointStore,
  MisbehaviourError,
  parseMisbehaviourFile,
  type RecordView,
  verifyEvidence,
  verifyMisbehaviour,
} from "@tributary/sdk";
import { followWitnessed, parseWitnessPolicy, verifyWitnessedEvidence } from "@tributary/sdk/audit";
import { assessorOf } from "@tributary/sdk/operator";
import { beforeAll, describe, expect, test } from "vitest";
import { assessmentsOf, benchmarksOf, gradesOf, vouchersOf } from "./double/assessments.ts";
import { type Federation, federate } from "./double/federation.ts";
import { CENTERS, RECORD_COUNT } from "./double/samples.ts";
import type { TestHub } from "./double/test-hub.ts";

/** A scenario that a provider of the samples has. */
const SCENARIO = "S11";

/** The hub asks for no pause. */
const SOON = { details: { retryAfterMs: 0 } };

/** A hub and a way to make clients of it. */
export interface ClientSetup extends Disposable {
  readonly hub: TestHub;
  readonly client: (options?: Partial<ClientOptions>) => Client;
}

/** @param open Makes a hub of the federation; called once a test. */
export function describeClient(
  name: string,
  open: (federation: Federation) => Promise<ClientSetup>,
): void {
  describe(name, () => {
    let federation: Federation;
    beforeAll(async () => {
      federation = await federate(CENTERS);
    });

    describe("search", () => {
      test("answers a page with hits, total, facets, coverage and the next page", async () => {
        using setup = await open(federation);
        const page = await setup.client().search("供需对接", {
          filters: { kind: "event" },
          facets: ["kind", "year"],
          pageSize: 20,
        });
        expect(page.total).toBe(45);
        expect(page.hits).toHaveLength(20);
        expect(page.hits[0]?.highlights[0]).toMatchObject({
          field: "title",
          spans: [{ start: 5, end: 9 }],
        });
        expect(page.facets.map(({ field }) => field)).toEqual(["kind", "year"]);
        expect(page.facets[1]?.values[0]).toMatchObject({ value: "2026", count: 45 });
        expect(page.coverage).toEqual({
          centersFresh: 2,
          centersStale: 1,
          centersPaused: 0,
          logSize: 6,
          centersNotFresh: ["smes"],
        });
        const second = await page.nextPage();
        const third = await second?.nextPage();
        expect(third?.hits).toHaveLength(5);
        expect(await third?.nextPage()).toBeUndefined();
      });

      test("iterates over all hits, each once", async () => {
        using setup = await open(federation);
        const urns = new Set<string>();
        for await (const hit of setup.client().search("", { pageSize: 7 }))
          urns.add(hit.record.urn);
        expect(urns.size).toBe(RECORD_COUNT);
        expect(setup.hub.calls).toHaveLength(Math.ceil(RECORD_COUNT / 7));
      });

      test("asks nothing until somebody waits for it", async () => {
        using setup = await open(federation);
        void setup.client().search("铜");
        expect(setup.hub.calls).toHaveLength(0);
      });

      test("sends every option", async () => {
        using setup = await open(federation);
        const newest = await setup
          .client()
          .search("", { sort: "newest", filters: { center: ["copper", "smes"], year: [] } });
        expect(newest.hits[0]?.record.ref.centerId).toBe("smes");
        expect(newest.total).toBe(46);
      });

      test("gives the hub's refusal with code, both languages and request id", async () => {
        using setup = await open(federation);
        const search = setup.client().search("", { pageToken: "nonsense" });
        const failure: unknown = await search.then(undefined, (error: unknown) => error);
        const [seen] = setup.hub.calls;
        expect(seen?.requestId).toMatch(/^[0-9a-f]{16}$/);
        expect(failure).toMatchObject({
          name: "TributaryError",
          code: "ERR_PAGE_TOKEN",
          message: "no such page",
          retryable: false,
          requestId: seen?.requestId,
        });
        await expect(setup.client().get("urn:dth:copper:case:none")).rejects.toMatchObject({
          code: "ERR_NOT_FOUND",
          messageZh: "没有该记录",
        });
      });
    });

    describe("get", () => {
      test("answers a record with its typed body, by URN and by name", async () => {
        using setup = await open(federation);
        const ref = { centerId: "jiangnan", kind: "provider", key: "P/002 甲" } as const;
        const { record, coverage } = await setup.client().get(ref);
        expect(record.body?.kind).toBe("provider");
        if (record.body?.kind === "provider") expect(record.body.value.systems).toEqual(["aps"]);
        expect(coverage.logSize).toBe(6);
        expect((await setup.client().get(record.urn)).record).toEqual(record);
      });

      test("refuses a text that is no URN without asking the hub", async () => {
        using setup = await open(federation);
        await expect(setup.client().get("copper/case/1")).rejects.toMatchObject({
          code: "ERR_URN_MALFORMED",
          retryable: false,
        });
        expect(setup.hub.calls).toHaveLength(0);
      });
    });

    describe("list", () => {
      test("iterates over all records with bodies, fetching one page ahead", async () => {
        using setup = await open(federation);
        const list = setup.client().list({}, { pageSize: 10 });
        const records: RecordView[] = [];
        for await (const record of list) {
          records.push(record);
          if (records.length === 1) await reached(() => setup.hub.calls.length === 2);
        }
        expect(records.map(({ urn }) => urn)).toEqual(federation.records.map(({ urn }) => urn));
        expect(records.every(({ body }) => body !== undefined)).toBe(true);
        expect(setup.hub.calls).toHaveLength(5);
      });

      test("goes on from a cursor after any record, with every record exactly once", async () => {
        using setup = await open(federation);
        const all = federation.records.map(({ urn }) => urn);
        for (const stopAt of [1, 9, 10, 11, 25, all.length]) {
          const taken: string[] = [];
          let cursor = "";
          for await (const record of trackedBy((at) => {
            cursor = at;
          }, setup.client())) {
            taken.push(record.urn);
            if (taken.length === stopAt) break;
          }
          for await (const record of setup.client().list({}, { pageSize: 4, cursor })) {
            taken.push(record.urn);
          }
          expect(taken).toEqual(all);
        }
      });

      test("skips nothing and repeats nothing when records go and come at the cursor", async () => {
        using setup = await open(federation);
        const list = setup.client().list({}, { pageSize: 10 });
        const before = await list.all({ max: 13 });
        // The record that the cursor names is withdrawn, and so is one before it.
        setup.hub.catalog.records = setup.hub.catalog.records.filter(
          (_, index) => index !== 12 && index !== 3,
        );
        const { cursor } = list;
        const after = await setup.client().list({}, { pageSize: 10, cursor }).all({ max: 1000 });
        expect([...before, ...after].map(({ urn }) => urn)).toEqual(
          federation.records.map(({ urn }) => urn),
        );
      });

      test("continues where a loop, a page or all stopped", async () => {
        using setup = await open(federation);
        const list = setup.client().list({ kind: "event" }, { pageSize: 20 });
        for await (const record of list) if (record.ref.key === "E-003") break;
        expect((await list.page())?.records.map(({ ref }) => ref.key)[0]).toBe("E-004");
        const two = await list.all({ max: 2 });
        expect(two.map(({ ref }) => ref.key)).toEqual(["E-021", "E-022"]);
        expect((await list.all({ max: 1000 })).at(-1)?.ref.key).toBe("E-045");
        expect(await list.page()).toBeUndefined();
        const { cursor } = list;
        const resumed = setup.client().list({ kind: "event" }, { cursor });
        expect(await resumed.all({ max: 1000 })).toEqual([]);
      });

      test("refuses a cursor of other filters", async () => {
        using setup = await open(federation);
        const { cursor } = setup.client().list({ kind: "event" });
        expect(() => setup.client().list({ kind: "case" }, { cursor })).toThrow(
          expect.objectContaining({ code: "ERR_PAGE_TOKEN" }),
        );
      });

      test("tells a failure of the page ahead only when its turn comes", async () => {
        using setup = await open(federation);
        setup.hub.fault = () => {
          if (setup.hub.calls.length > 1) throw new TributaryError("ERR_INTERNAL", "broken");
        };
        const taken: string[] = [];
        const loop = async () => {
          for await (const { urn } of setup.client().list({}, { pageSize: 10 })) taken.push(urn);
        };
        await expect(loop()).rejects.toMatchObject({ code: "ERR_INTERNAL" });
        expect(taken).toHaveLength(10);
      });

      test("ends the page ahead when the loop is left", async () => {
        using setup = await open(federation);
        let ahead: AbortSignal | undefined;
        setup.hub.fault = async ({ signal }) => {
          if (setup.hub.calls.length < 2) return;
          ahead = signal;
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
        };
        for await (const _ of setup.client().list({}, { pageSize: 10 })) {
          await reached(() => ahead !== undefined);
          break;
        }
        await reached(() => ahead?.aborted === true);
      });
    });

    test("facets, suggest and trust answer values", async () => {
      using setup = await open(federation);
      const client = setup.client();
      const { facets } = await client.facets({ query: "铜", fields: ["region"] });
      expect(facets).toEqual([
        {
          field: "region",
          values: [{ value: "320000", labelZh: "江苏省", labelEn: "Jiangsu", count: 2 }],
        },
      ]);
      expect(await client.suggest("清河", { limit: 3 })).toMatchObject([
        { source: "title", ref: { key: "P-001" } },
      ]);
      expect(await client.trust()).toEqual(federation.trust);
    });

    test("entity answers one provider, and entities some", async () => {
      using setup = await open(federation);
      const client = setup.client();
      const { entities, coverage } = await client.entities({ pageSize: 1 });
      const [first] = entities;
      expect(entities).toHaveLength(1);
      expect(first?.members[0]?.record.ref.kind).toBe("provider");
      expect(coverage.logSize).toBeGreaterThan(0);
      expect((await client.entity(first?.id ?? "")).entity).toEqual(first);
      await expect(client.entity("ent_none")).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
    });

    test("similar compares with a record, by name or URN, or with a text", async () => {
      using setup = await open(federation);
      const client = setup.client();
      const urn = "urn:dth:smes:event:E-045";
      const { hits, coverage } = await client.similar({ ref: urn }, { limit: 2 });
      expect(hits.map(({ record }) => record.ref.kind)).toEqual(["event", "event"]);
      expect(hits.map(({ record }) => record.urn)).not.toContain(urn);
      expect(coverage).toMatchObject({ centersFresh: 2 });
      const { ref } = (await client.get(urn)).record;
      expect((await client.similar({ ref }, { limit: 2 })).hits).toEqual(hits);
      const byText = await client.similar({ text: "铜" }, { filters: { kind: "case" }, limit: 1 });
      expect(byText.hits).toHaveLength(1);
      await expect(client.similar({ text: "" })).rejects.toMatchObject({
        code: "ERR_QUERY_INVALID",
      });
      await expect(client.similar({ ref: "urn:dth:copper:case:none" })).rejects.toMatchObject({
        code: "ERR_NOT_FOUND",
      });
    });

    test("match answers providers with reasons, and plan who does what", async () => {
      using setup = await open(federation);
      const client = setup.client();
      const demand = { scenarios: [SCENARIO], region: "320000", must: { servesRegion: true } };
      const answer = await client.match(demand, { limit: 1 });
      const query = parseMatchQuery({ demand, limit: 1 });
      expect(answer).toEqual(setup.hub.catalog.match(query));
      expect(answer.providers).toHaveLength(1);
      expect(answer.providers[0]?.evidence[0]?.kpi?.estimate).toBe(15);
      const plans = await client.plan(demand);
      expect(plans).toEqual(setup.hub.catalog.plan(query));
      expect(plans.plans[0]?.assignments[0]?.scenario).toBe(SCENARIO);
    });

    test("match refuses what is no demand, before and behind the wire", async () => {
      using setup = await open(federation);
      const client = setup.client();
      const calls = setup.hub.calls.length;
      const typo = { scenarios: [SCENARIO], regoin: "320000" };
      await expect(client.match(typo)).rejects.toMatchObject({ code: "ERR_QUERY_INVALID" });
      await expect(client.plan(typo)).rejects.toMatchObject({ code: "ERR_QUERY_INVALID" });
      expect(setup.hub.calls.length).toBe(calls);
      for (const wrong of [{ scenarios: [] }, { scenarios: ["S99"] }]) {
        await expect(client.match(wrong)).rejects.toMatchObject({ code: "ERR_QUERY_INVALID" });
      }
    });

    test("activity answers all centers or one, with the rule", async () => {
      using setup = await open(federation);
      const client = setup.client();
      expect(await client.activity()).toEqual(setup.hub.catalog.activity(""));
      const { centers, rule } = await client.activity({ center: "copper" });
      expect(centers.map(({ centerId, state }) => [centerId, state])).toEqual([
        ["copper", "active"],
      ]);
      expect(rule.dormantAfterDays).toBe(84);
      await expect(client.activity({ center: "nobody" })).rejects.toMatchObject({
        code: "ERR_NOT_FOUND",
      });
    });

    test("assessments answer all centers or one with the evidence, and grades what was published", async () => {
      using setup = await open(federation);
      const client = assessorOf(setup.client());
      const { catalog } = setup.hub;
      const ids = catalog.centerIds();
      expect(await client.assessments()).toEqual(assessmentsOf(ids, "", catalog.coverage));
      expect(await client.grades()).toEqual(gradesOf(ids, "", catalog.coverage));
      const { assessments } = await client.assessments({ center: "copper" });
      expect(assessments.map(({ centerId, grade }) => [centerId, grade])).toEqual([
        ["copper", "A"],
      ]);
      const { grades } = await client.grades({ center: "copper" });
      expect(grades.map(({ centerId, reason }) => [centerId, reason])).toEqual([
        ["copper", "年度评估"],
      ]);
      expect(await client.benchmarks()).toEqual(benchmarksOf(ids, "", catalog.coverage));
      const { benchmarks } = await client.benchmarks({ center: "copper" });
      expect(benchmarks.map(({ estimate, reviews }) => [estimate.low, reviews.length])).toEqual([
        [0.2, 1],
      ]);
      const vouchers = vouchersOf(ids[0] as string, catalog.coverage);
      expect(await client.vouchers({ province: "360000" })).toEqual(vouchers);
      expect((await client.vouchers({ province: "110000" })).programmes).toEqual([]);
      const nobody = { center: "nobody" };
      await expect(client.assessments(nobody)).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
      await expect(client.grades(nobody)).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
    });

    test("overlap answers pairs of all centers or of one, and the matrix where it is wanted", async () => {
      using setup = await open(federation);
      const client = setup.client();
      const all = await client.overlap({ matrix: true });
      expect(all).toEqual(setup.hub.catalog.overlap("", 100, true));
      expect(all.matrix?.percent).toBeInstanceOf(Uint8Array);
      const { pairs, matrix } = await client.overlap({ center: "copper", limit: 1 });
      expect(pairs.map(({ centerA, centerB }) => [centerA, centerB].includes("copper"))).toEqual([
        true,
      ]);
      expect(matrix).toBeUndefined();
      await expect(client.overlap({ limit: 1_001 })).rejects.toMatchObject({
        code: "ERR_QUERY_INVALID",
      });
      await expect(client.overlap({ center: "nobody" })).rejects.toMatchObject({
        code: "ERR_NOT_FOUND",
      });
    });

    test("market answers supply and demand by sector or scenario, of one province or all", async () => {
      using setup = await open(federation);
      const client = setup.client();
      expect(await client.market()).toEqual(setup.hub.catalog.market("sector", ""));
      const { cells } = await client.market({ by: "scenario", province: "360000" });
      expect(cells).toMatchObject([{ topic: "S01", concentration: 0.625 }]);
      expect((await client.market({ province: "110000" })).cells).toEqual([]);
      await expect(client.market({ province: "360100" })).rejects.toMatchObject({
        code: "ERR_QUERY_INVALID",
      });
    });

    test("evidence verifies offline and gives the body that was signed", async () => {
      using setup = await open(federation);
      const client = setup.client();
      const { record } = await client.get("urn:dth:copper:case:C-2025-01");
      const proven = await verifyEvidence(await client.evidence(record.ref), federation.trust);
      expect(proven.centerId).toBe("copper");
      expect(proven.body).toEqual(record.body);
    });

    describe("followLog", () => {
      test("keeps the largest checkpoint where the caller says, and goes on from it", async () => {
        using setup = await open(federation);
        const store = new MemoryCheckpointStore();
        const { signal } = new AbortController();
        const log = setup.client().followLog(federation.trust, store);
        expect(await log.look(signal)).toMatchObject({ type: "first", size: 6 });
        const later = setup.client().followLog(federation.trust, store);
        expect(await later.look(signal)).toMatchObject({ type: "same", size: 6 });
      });

      test.each([
        ["fork", 3],
        ["rewritten", 2],
      ])("refuses another history (%s), with a file that proves it", async (kind, centers) => {
        const key = await generateSigningKey();
        const before = await federate(CENTERS.slice(0, centers), key);
        using setup = await open(before);
        const { signal } = new AbortController();
        const log = setup.client().followLog(before.trust, new MemoryCheckpointStore());
        await log.look(signal);
        setup.hub.federation = await federate(CENTERS, key);
        const error = await log.look(signal).catch((error: unknown) => error);
        if (!(error instanceof MisbehaviourError)) throw error;
        const { misbehaviour } = error;
        const about = { log: before.trust, foundBy: "test", foundAtMs: 0 };
        const file = parseMisbehaviourFile(formatMisbehaviourFile({ misbehaviour, ...about }));
        expect(await verifyMisbehaviour(file.misbehaviour, before.trust)).toMatchObject({ kind });
        await expect(verifyMisbehaviour(file.misbehaviour, federation.trust)).rejects.toThrow();
      });
    });

    describe("witnesses", () => {
      const ref = "urn:dth:copper:case:C-2025-01";
      const { signal } = new AbortController();

      /** A checkpoint with the cosignatures of some of ada, bob and cyd, and what asks for two of them. */
      async function witnesses() {
        const keys = new Map<string, SigningKey>();
        for (const name of ["ada", "bob", "cyd"]) keys.set(name, await generateSigningKey());
        const lines = [...keys].map(
          ([name, key]) => `witness ${name} ${formatVkey(name, key.publicKey, "cosignature")}\n`,
        );
        return {
          policy: parseWitnessPolicy(`${lines.join("")}group most 2 ada bob cyd\nquorum most`),
          open: parseWitnessPolicy(`${lines.join("")}quorum none`),
          async cosigned(checkpoint: string, ...names: readonly string[]) {
            const { text, signatures } = parseNote(checkpoint);
            const own = names.map((name) =>
              cosign(text, { name, key: keys.get(name) as SigningKey, nowMs: 7_000 }),
            );
            return formatNote({ text, signatures: [...signatures, ...(await Promise.all(own))] });
          },
        };
      }

      test("vouch for evidence that they have seen, and the policy says how many are enough", async () => {
        using setup = await open(federation);
        const { trust: log, checkpoint } = federation;
        const { policy, open: none, cosigned } = await witnesses();
        const evidence = await setup.client().evidence(ref);
        const { checkpointSize } = await verifyEvidence(evidence, log);
        const proofOf = async (...names: readonly string[]) => {
          setup.hub.cosigned = await cosigned(checkpoint, ...names);
          return setup.client().witnessProof(checkpointSize);
        };
        const proven = await verifyWitnessedEvidence(evidence, await proofOf("bob", "cyd"), {
          log,
          policy,
        });
        expect(proven.centerId).toBe("copper");
        expect(proven.witnessed).toMatchObject({
          isQuorum: true,
          quorumAtMs: 7_000,
          cosigned: [{ name: "bob" }, { name: "cyd" }],
        });
        const alone = await proofOf("ada");
        await expect(
          verifyWitnessedEvidence(evidence, alone, { log, policy }),
        ).rejects.toMatchObject({ code: "ERR_QUORUM", message: expect.stringContaining("ada") });
        const reported = await verifyWitnessedEvidence(evidence, alone, { log, policy: none });
        expect(reported.witnessed.cosigned).toEqual([{ name: "ada", atMs: 7_000 }]);
      });

      test("do not vouch for what they have not seen: another history, or more than they were asked about", async () => {
        const key = await generateSigningKey();
        const shown = await federate(CENTERS, key);
        using setup = await open(shown);
        const { policy, cosigned } = await witnesses();
        const trust = { log: shown.trust, policy };
        const evidence = await setup.client().evidence(ref);
        const { checkpointSize: size } = await verifyEvidence(evidence, shown.trust);
        const other = await federate([...CENTERS].reverse(), key);
        setup.hub.cosigned = await cosigned(other.checkpoint, "ada", "bob", "cyd");
        const proof = await setup.client().witnessProof(size);
        await expect(verifyWitnessedEvidence(evidence, proof, trust)).rejects.toMatchObject({
          code: "ERR_CHECKPOINT_INCONSISTENT",
        });
        const smaller = await federate(CENTERS.slice(0, 2), key);
        setup.hub.cosigned = await cosigned(smaller.checkpoint, "ada", "bob", "cyd");
        await expect(setup.client().witnessProof(size)).rejects.toMatchObject({
          code: "ERR_QUORUM",
          message: expect.stringMatching(/ask again/),
        });
      });

      test("are demanded at each look at the log, which has to be the one that was seen before", async () => {
        const key = await generateSigningKey();
        const shown = await federate(CENTERS, key);
        using setup = await open(shown);
        const { policy, cosigned } = await witnesses();
        const options = { log: shown.trust, policy, store: new MemoryCheckpointStore() };
        const log = followWitnessed(setup.client(), options);
        await expect(log.look(signal)).rejects.toMatchObject({ code: "ERR_QUORUM" });
        setup.hub.cosigned = await cosigned(shown.checkpoint, "ada", "cyd");
        expect(await log.look(signal)).toMatchObject({
          type: "first",
          size: 6,
          witnessed: { checkpoint: { size: 6 }, isQuorum: true },
        });
        const other = await federate([...CENTERS].reverse(), key);
        setup.hub.cosigned = await cosigned(other.checkpoint, "ada", "bob", "cyd");
        await expect(log.look(signal)).rejects.toThrow(MisbehaviourError);
      });
    });

    describe("watch", () => {
      test("gives the catalog, then a sign of life, and says where to resume", async () => {
        using setup = await open(federation);
        const watch = setup.client().watch();
        const urns: string[] = [];
        for await (const event of watch) {
          if (event.type === "upserted") urns.push(event.record.urn);
          else break;
        }
        expect(urns).toHaveLength(RECORD_COUNT);
        expect(watch.position).toBe(6);
      });

      test("goes on from a stored position without missing a change", async () => {
        using setup = await open(federation);
        const all = federation.records.map(({ urn }) => urn).sort();
        for (const stopAt of [1, 2, 3, 4, 20, RECORD_COUNT]) {
          const urns = new Set<string>();
          let from = 0;
          const watch = setup.client().watch();
          for await (const event of watch) {
            if (event.type === "upserted") urns.add(event.record.urn);
            from = watch.position;
            if (urns.size === stopAt) break;
          }
          for await (const event of setup.client().watch({ from })) {
            if (event.type === "caught_up") break;
            if (event.type === "upserted") urns.add(event.record.urn);
          }
          expect([...urns].sort()).toEqual(all);
        }
      });

      test("reconnects by itself and resumes behind what was given", async () => {
        using setup = await open(federation);
        const asked: number[] = [];
        setup.hub.watch = async function* ({ fromPosition }) {
          asked.push(fromPosition);
          yield { type: "caught_up", position: fromPosition + 3 };
          throw new TributaryError("ERR_UNAVAILABLE", "stopping", SOON);
        };
        const lost: string[] = [];
        const watch = setup.client().watch({
          from: 2,
          onReconnect: ({ error }) => lost.push(error.code),
        });
        const positions: number[] = [];
        for await (const { position } of watch) {
          positions.push(position);
          if (positions.length === 3) break;
        }
        expect(positions).toEqual([5, 9, 13]);
        expect(asked).toEqual([2, 6, 10]);
        expect(lost).toEqual(["ERR_UNAVAILABLE", "ERR_UNAVAILABLE"]);
      });

      test("ends with what a new connection cannot cure", async () => {
        using setup = await open(federation);
        setup.hub.fault = () => {
          throw new TributaryError("ERR_UNAUTHENTICATED", "no");
        };
        await expect(first(setup.client().watch())).rejects.toMatchObject({
          code: "ERR_UNAUTHENTICATED",
        });
      });

      test("ends with ERR_CANCELLED by its signal, and frees the hub", async () => {
        using setup = await open(federation);
        const aborter = new AbortController();
        const loop = async () => {
          for await (const event of setup.client().watch({ signal: aborter.signal })) {
            if (event.type === "caught_up") aborter.abort();
          }
        };
        await expect(loop()).rejects.toMatchObject({ code: "ERR_CANCELLED" });
        await reached(() => setup.hub.calls[0]?.signal.aborted === true);
        expect(getEventListeners(aborter.signal, "abort")).toHaveLength(0);
      });
    });

    describe("deadline, signal and retries", () => {
      test("a deadline ends a call that the hub does not answer", async () => {
        using setup = await open(federation);
        setup.hub.fault = ({ signal }) =>
          new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
        const call = setup.client().facets({ deadlineMs: 60 });
        await expect(call).rejects.toMatchObject({ code: "ERR_DEADLINE", retryable: true });
        await reached(() => setup.hub.calls[0]?.signal.aborted === true);
        expect(setup.hub.calls).toHaveLength(1);
      });

      test("tells the hub the time that is left", async () => {
        using setup = await open(federation);
        await setup.client({ deadlineMs: 5_000 }).facets();
        const timeoutMs = setup.hub.calls[0]?.timeoutMs ?? 0;
        expect(timeoutMs).toBeGreaterThan(3_000);
        expect(timeoutMs).toBeLessThanOrEqual(5_001);
      });

      test("a signal ends a call, an aborted one before it reaches the hub", async () => {
        using setup = await open(federation);
        const aborter = new AbortController();
        setup.hub.fault = ({ signal }) => {
          aborter.abort(new Error("enough"));
          return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
        };
        const call = setup.client().facets({ signal: aborter.signal });
        await expect(call).rejects.toMatchObject({
          code: "ERR_CANCELLED",
          cause: expect.objectContaining({ message: "enough" }),
        });
        await reached(() => setup.hub.calls[0]?.signal.aborted === true);
        await expect(setup.client().facets({ signal: aborter.signal })).rejects.toMatchObject({
          code: "ERR_CANCELLED",
        });
        expect(setup.hub.calls).toHaveLength(1);
      });

      test("tries twice more when the hub is not available", async () => {
        using setup = await open(federation);
        setup.hub.fault = () => {
          if (setup.hub.calls.length < 3)
            throw new TributaryError("ERR_UNAVAILABLE", "starting", SOON);
        };
        const retries: string[] = [];
        const client = setup.client({
          retry: { onRetry: ({ error, attempt }) => retries.push(`${attempt} ${error.code}`) },
        });
        expect((await client.facets()).coverage.logSize).toBe(6);
        expect(retries).toEqual(["1 ERR_UNAVAILABLE", "2 ERR_UNAVAILABLE"]);
        setup.hub.calls.length = 0;
        setup.hub.fault = () => {
          throw new TributaryError("ERR_UNAVAILABLE", "starting", SOON);
        };
        await expect(client.facets()).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
        expect(setup.hub.calls).toHaveLength(3);
      });

      test("waits as long as an overloaded hub asks, or gives up at once", async () => {
        using setup = await open(federation);
        setup.hub.fault = () => {
          throw new TributaryError("ERR_OVERLOADED", "full", {
            details: { retryAfterMs: 60_000 },
          });
        };
        await expect(setup.client({ deadlineMs: 1_000 }).facets()).rejects.toMatchObject({
          code: "ERR_OVERLOADED",
          retryAfterMs: 60_000,
        });
        expect(setup.hub.calls).toHaveLength(1);
      });

      test("does not repeat what the hub refuses", async () => {
        using setup = await open(federation);
        setup.hub.fault = () => {
          throw new TributaryError("ERR_FORBIDDEN", "no");
        };
        await expect(setup.client().facets()).rejects.toMatchObject({ code: "ERR_FORBIDDEN" });
        expect(setup.hub.calls).toHaveLength(1);
      });

      test("leaves no listener on a signal after 10,000 calls", async () => {
        using setup = await open(federation);
        const client = setup.client();
        const { signal } = new AbortController();
        let most = 0;
        for (let done = 0; done < 10_000; done += 100) {
          const calls = Array.from({ length: 100 }, () => client.suggest("清河", { signal }));
          most = Math.max(most, getEventListeners(signal, "abort").length);
          await Promise.all(calls);
        }
        expect(most).toBe(100); // one a call, while it runs
        expect(getEventListeners(signal, "abort")).toHaveLength(0);
      });
    });

    test("sends the token, a function's newest one", async () => {
      using setup = await open(federation);
      const tokens = ["t1", "t2"];
      await setup.client({ token: "abc" }).facets();
      const client = setup.client({ token: async () => tokens.shift() ?? "" });
      await client.facets();
      await client.facets();
      expect(setup.hub.calls.map(({ authorization }) => authorization)).toEqual([
        "Bearer abc",
        "Bearer t1",
        "Bearer t2",
      ]);
    });

    test("closing ends all calls and refuses new ones", async () => {
      using setup = await open(federation);
      const client = setup.client();
      setup.hub.fault = ({ signal }) =>
        new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
      const call = client.facets();
      const watching = first(client.watch());
      await reached(() => setup.hub.calls.length === 2);
      client.close();
      await expect(call).rejects.toMatchObject({ code: "ERR_CANCELLED" });
      await expect(watching).rejects.toMatchObject({ code: "ERR_CANCELLED" });
      const later = await client.facets().catch((error: unknown) => error);
      expect(isTributaryError(later, "ERR_CANCELLED")).toBe(true);
    });
  });
}

async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}

/** A list in pages of 10 that reports its cursor while each record is handled. */
async function* trackedBy(
  report: (cursor: string) => void,
  client: Client,
): AsyncIterable<RecordView> {
  const list = client.list({}, { pageSize: 10 });
  for await (const record of list) {
    report(list.cursor);
    yield record;
  }
}

/** Resolves when the condition holds. */
async function reached(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { interval: 2, timeout: 5_000 }).toBe(true);
}
