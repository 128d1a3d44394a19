/**
 * The client against a hub as it is run: both transports give the same answers, and proofs hold up to nothing less
 * than the bytes that were signed.
 */

import { type Client, createClient, type RecordView, verifyEvidence } from "@tributary/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startHubWithPage } from "../../hub/test/console/hub-with-page.ts";
import { HubProcess } from "../../hub/test/support/hub-process.ts";
import { temporaryPath } from "../../hub/test/support/temporary-folder.ts";
import { RECORD_COUNT } from "./double/samples.ts";

let folder: string;
let hub: HubProcess;
let clients: readonly Client[];

beforeAll(async () => {
  folder = temporaryPath("hub");
  hub = await startHubWithPage(folder);
  clients = [hub.up.web, `grpc://${hub.up.grpc}`].map((url) => createClient({ url }));
});

afterAll(async () => {
  for (const client of clients) client.close();
  await hub?.[Symbol.asyncDispose]();
});

/** What both clients answer, which must be the same. */
async function both<T>(ask: (client: Client) => Promise<T>): Promise<T> {
  const [web, grpc] = await Promise.all(clients.map(ask));
  expect(grpc).toEqual(web);
  return web as T;
}

describe("a client of a real hub", () => {
  test("searches, counts, completes and reads", async () => {
    const titles = await both(async (client) => {
      const page = await client.search("数字化转型", { pageSize: 5, facets: ["kind"] });
      expect(page.coverage).toMatchObject({ centersFresh: 3, centersStale: 0 });
      return page.hits.map(({ record }) => record.title);
    });
    expect(titles).toHaveLength(5);
    const { facets } = await both((client) => client.facets({ fields: ["kind"] }));
    expect(facets[0]?.values[0]).toMatchObject({ value: "event", labelZh: "活动", count: 45 });
    expect(await both((client) => client.suggest("清河"))).not.toEqual([]);
    const { record } = await both((client) => client.get("urn:dth:copper:case:C-2025-01"));
    expect(record.body?.kind).toBe("case");
  });

  test("finds what is like a record and like a text", async () => {
    const urn = "urn:dth:smes:event:E-045";
    const { hits } = await both((client) => client.similar({ ref: urn }, { limit: 5 }));
    expect(hits.length).toBeGreaterThan(0);
    for (const { record, score } of hits) {
      expect(record.ref.kind).toBe("event");
      expect(record.urn).not.toBe(urn);
      expect(score).toBeGreaterThan(0);
      expect(score).toBeLessThanOrEqual(1);
    }
    const text = "轧机设备经常突然停机，希望提前发现轴承故障";
    const near = await both((client) => client.similar({ text }, { filters: { kind: "case" } }));
    expect(near.hits[0]?.record.title).toMatch(/预测性维护/);
    await expect(
      both((client) => client.similar({ ref: "urn:dth:copper:case:none" })),
    ).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  });

  test("lists everything once, from a cursor after any record", async () => {
    const all = await both((client) => client.list({}, { pageSize: 7 }).all({ max: 1_000 }));
    expect(all).toHaveLength(RECORD_COUNT);
    const [client = createClient({ url: hub.up.web })] = clients;
    for (const at of [1, 6, 7, 8, 30, RECORD_COUNT]) {
      const list = client.list({}, { pageSize: 7 });
      const before: RecordView[] = await list.all({ max: at });
      const rest = client.list({}, { pageSize: 3, cursor: list.cursor });
      expect([...before, ...(await rest.all({ max: 1_000 }))]).toEqual(all);
    }
  });

  test("watches everything once, and goes on from any position without a gap", async () => {
    const urns = await both(async (client) => {
      const seen: string[] = [];
      for await (const event of client.watch()) {
        if (event.type === "caught_up") break;
        if (event.type === "upserted") seen.push(event.record.urn);
      }
      return seen.sort();
    });
    expect(new Set(urns).size).toBe(RECORD_COUNT);
    for (const stopAt of [1, 20, 47]) {
      const [client = createClient({ url: hub.up.web })] = clients;
      const seen = new Set<string>();
      const first = client.watch();
      for await (const event of first) {
        if (event.type === "upserted") seen.add(event.record.urn);
        if (seen.size === stopAt) break;
      }
      for await (const event of client.watch({ from: first.position })) {
        if (event.type === "caught_up") break;
        if (event.type === "upserted") seen.add(event.record.urn);
      }
      expect([...seen].sort()).toEqual(urns);
    }
  });

  test("gets errors with the hub's code, both sentences and the call's name", async () => {
    for (const client of clients) {
      await expect(client.get("urn:dth:copper:case:none")).rejects.toMatchObject({
        code: "ERR_NOT_FOUND",
        message: expect.stringMatching(/^there is no record/),
        messageZh: expect.stringContaining("没有记录"),
        requestId: expect.stringMatching(/^[0-9a-f]{16}$/),
        retryable: false,
      });
      await expect(client.search("x".repeat(2_000)).then()).rejects.toMatchObject({
        code: "ERR_QUERY_INVALID",
      });
    }
  });

  test("verifies what the hub serves, and refuses each single-byte change of it", async () => {
    const trust = await both((client) => client.trust());
    expect(trust).toEqual({ origin: hub.up.origin, vkey: hub.up.vkey });
    const ref = { centerId: "jiangnan", kind: "provider", key: "P-001" } as const;
    const { record } = await both((client) => client.get(ref));
    const evidence = await clients[0]?.evidence(ref);
    if (evidence === undefined) throw new TypeError("no client");
    const proven = await verifyEvidence(evidence, trust);
    expect(proven.body).toEqual(record.body);
    expect(proven.position).toBe(record.logPosition);
    const accepted: number[] = [];
    for (let at = 0; at < evidence.length; at += 1) {
      const changed = evidence.slice();
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      await verifyEvidence(changed, trust).then(
        () => accepted.push(at),
        () => {},
      );
    }
    expect(accepted).toEqual([]);
    await expect(
      verifyEvidence(evidence, { ...trust, origin: "hub.example/x" }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_(EVIDENCE_LOG|VKEY_MALFORMED)$/) });
  });

  test("goes on when the hub is killed and started again", async () => {
    // Last: the hub gets another process.
    const client = clients[1] as Client;
    const watch = client.watch();
    let lives = 0;
    for await (const event of watch) {
      if (event.type !== "caught_up") continue;
      lives += 1;
      if (lives === 2) break;
      const address = { grpc: hub.up.grpc, web: hub.up.web.replace("http://", "") };
      await hub.kill();
      hub = await HubProcess.start(folder, {}, address);
    }
    expect((await client.search("")).total).toBe(RECORD_COUNT);
  });
});
