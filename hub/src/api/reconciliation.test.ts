import { encodeBody } from "@tributary/proto";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { usccOf } from "../../test/support/match-world.ts";
import { NEVER, type SmallHub, smallHub } from "../../test/support/small-hub.ts";
import { aRecord, SmallLog } from "../../test/support/small-log.ts";
import { entityIdOf } from "../catalog/entities/entity.ts";
import type { Reader } from "../ports/search-index.ts";
import { createEntityApi } from "./entity-api.ts";
import { createReconciliation, type Reconciliation } from "./reconciliation.ts";

const VISITOR: Reader = { type: "public" };
const idOf = (centerId: string, key = "1") => entityIdOf(`urn:dth:${centerId}:provider:${key}`);

/** `reconciliation-result-batch.json` of the specification, 0.2. */
const RESULT_BATCH = z.record(
  z.string(),
  z.strictObject({
    result: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        description: z.string(),
        score: z.number().min(0).max(100),
        match: z.boolean(),
        type: z.array(z.strictObject({ id: z.string(), name: z.string() })),
        features: z.array(z.strictObject({ id: z.string(), value: z.number() })),
      }),
    ),
  }),
);

let hub: SmallHub;
let service: Reconciliation;

function provider(key: string, name: string, fields: object = {}, more: object = {}): Uint8Array {
  return aRecord({
    kind: "provider",
    key,
    body: encodeBody("provider", { name, ...fields }),
    ...more,
  });
}

beforeAll(async () => {
  const log = new SmallLog();
  for (const center of ["aa", "bb", "cc"]) log.member(center);
  log.batch("aa", [
    provider("1", "厦门明达信息科技有限公司", { uscc: usccOf(1) }),
    provider("2", "厦门远景能源<b>科技</b>有限公司"),
  ]);
  log.batch("bb", [provider("1", "明达信息", { uscc: usccOf(1) })]);
  log.batch("cc", [provider("9", "苏州秘密智能科技有限公司", {}, { visibility: "members" })]);
  hub = await smallHub(log);
  const { catalog, clock, api } = hub;
  const entity = createEntityApi({
    catalog,
    clock,
    catalogPosition: () => log.entries.length,
    lastHeardMs: () => undefined,
  });
  service = createReconciliation({
    catalog,
    search: api.search,
    entity,
    hubOrigin: "hub.example/log",
  });
}, 60_000); // makes the dictionary

async function answer(queries: object, reader = VISITOR) {
  return RESULT_BATCH.parse(await service.answer(JSON.stringify(queries), reader, NEVER));
}

describe("the reconciliation service", () => {
  test("describes itself as the specification's manifest.json demands", () => {
    const url = /^https?:\/\/\S+$/;
    const manifest = z.strictObject({
      versions: z.array(z.string()).refine((versions) => versions.includes("0.2")),
      name: z.string(),
      identifierSpace: z.string().regex(url),
      schemaSpace: z.string().regex(url),
      defaultTypes: z.array(z.strictObject({ id: z.string(), name: z.string() })),
      preview: z.strictObject({
        url: z.string().regex(/\{\{id\}\}/),
        width: z.number().int(),
        height: z.number().int(),
      }),
      suggest: z.record(
        z.enum(["entity", "property"]),
        z.strictObject({ service_url: z.string().regex(url), service_path: z.string() }),
      ),
    });
    expect(() => manifest.parse(service.manifest("http://127.0.0.1:7080"))).not.toThrow();
  });

  test("finds one provider for the names of all centers, and is sure where the code says so", async () => {
    const answers = await answer({
      q0: { query: "厦门明达信息科技有限公司", properties: [{ pid: "uscc", v: usccOf(1) }] },
      q1: { query: "明达信息", limit: 1 },
      q2: { query: "从未听说的公司名" },
    });
    expect(answers["q0"]?.result[0]).toMatchObject({ id: idOf("aa"), match: true });
    expect(answers["q0"]?.result[0]?.features.map(({ id }) => id)).toContain("uscc");
    expect(answers["q1"]?.result.map(({ id }) => id)).toEqual([idOf("aa")]);
    expect(answers["q2"]?.result.some(({ match }) => match)).toBe(false);
  });

  test("finds a provider by its code alone, whatever the name is", async () => {
    const properties = [{ pid: "uscc", v: [usccOf(1)] }];
    const { q } = await answer({ q: { query: "厦门明达", type: "provider", properties } });
    expect(q?.result[0]).toMatchObject({ id: idOf("aa"), match: true });
  });

  test("is never sure against another code", async () => {
    const properties = [{ pid: "uscc", v: usccOf(2) }];
    const { q } = await answer({ q: { query: "厦门明达信息科技有限公司", properties } });
    expect(q?.result[0]).toMatchObject({ id: idOf("aa"), match: false });
  });

  test("answers nothing for a type that is not here", async () => {
    expect((await answer({ q: { query: "明达信息", type: "person" } }))["q"]?.result).toEqual([]);
  });

  test("shows a reader only what it may read", async () => {
    const secret = { q: { query: "苏州秘密智能科技有限公司" } };
    const seen = async (reader: Reader) =>
      (await answer(secret, reader))["q"]?.result.map(({ id }) => id);
    expect(await seen(VISITOR)).not.toContain(idOf("cc", "9"));
    expect(await seen({ type: "members" })).toContain(idOf("cc", "9"));
    await expect(service.preview(idOf("cc", "9"), VISITOR)).rejects.toMatchObject({
      code: "ERR_NOT_FOUND",
    });
  });

  test("suggests entities and properties", async () => {
    const { result } = await service.suggestEntity("明达", VISITOR, NEVER);
    expect(result.map(({ id }) => id)).toEqual([idOf("aa")]);
    expect(await service.suggestEntity(" ", VISITOR, NEVER)).toEqual({ result: [] });
    expect(service.suggestProperty("信用代码").result.map(({ id }) => id)).toEqual(["uscc"]);
  });

  test("previews an entity, and a name is text there", async () => {
    const page = await service.preview(idOf("aa", "2"), VISITOR);
    expect(page).toContain("<h1>厦门远景能源&lt;b&gt;科技&lt;/b&gt;有限公司</h1>");
  });

  test.each([
    "",
    "[]",
    '"x"',
    '{"q":{}}',
    '{"q":{"query":""}}',
    '{"q":{"query":"x","limit":0}}',
    '{"q":{"query":"x","properties":[{"pid":1}]}}',
    `{"q":{"query":"${"x".repeat(201)}"}}`,
    JSON.stringify(Object.fromEntries(Array.from({ length: 51 }, (_, i) => [i, { query: "x" }]))),
  ])("refuses %.40j as a batch", async (queries) => {
    await expect(service.answer(queries, VISITOR, NEVER)).rejects.toMatchObject({
      code: "ERR_QUERY_INVALID",
    });
  });
});
