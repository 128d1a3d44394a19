/**
 * The table of who may do what, held against a real hub: every RPC over gRPC and every route of the web port, called by
 * every kind of caller with the credentials that it really has.
 */

import { writeFileSync } from "node:fs";
import { create, type DescMethod, type Message } from "@bufbuild/protobuf";
import {
  type Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  makeGenericClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import {
  decodeRefusal,
  encodeBody,
  encodeRecord,
  type Invitation,
  type IssuedApiKey,
  type MemberState,
  REFUSAL_TRAILER,
  randomBytes,
  type SearchAnswer,
  systemClock,
} from "@tributary/proto";
import { grpcServiceDefinition } from "@tributary/proto/grpc";
import { AccessService, AdminService } from "@tributary/proto/wire";
import { createClient } from "@tributary/sdk";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { initDataFolder } from "../src/adapters/data-folder.ts";
import type { HubClient } from "../src/adapters/grpc-hub-client.ts";
import { SERVICES } from "../src/adapters/rpc-messages.ts";
import { SCOPES } from "../src/ports/api-key-store.ts";
import { operatorOf } from "./support/drill.ts";
import { HubProcess } from "./support/hub-process.ts";
import { temporaryPath } from "./support/temporary-folder.ts";
import { caseRecord, TestAgent } from "./support/test-agent.ts";
import { MATRIX, type Name } from "./support/who-may.ts";

const ISSUER = "https://login.example";
const AUDIENCE = "https://hub.example";
const STATES = ["pending", "approved", "rejected", "suspended", "revoked"] as const;

let hub: HubProcess;
let operator: HubClient;
/** What each caller sends, and which row of the table it stands in. */
const callers = new Map<string, { readonly token: string | undefined; readonly as: Name }>();
const agents = new Map<MemberState, TestAgent>();

beforeAll(async () => {
  const folder = temporaryPath("hub");
  const { adminToken } = await initDataFolder(folder, undefined);
  const pair = await generateKeyPair("ES256", { extractable: true });
  const jwks = temporaryPath("jwks.json");
  writeFileSync(jwks, JSON.stringify({ keys: [await exportJWK(pair.publicKey)] }));
  hub = await HubProcess.start(folder, {
    TRIBUTARY_HUB_TOKEN_ISSUER: ISSUER,
    TRIBUTARY_HUB_TOKEN_AUDIENCE: AUDIENCE,
    TRIBUTARY_HUB_TOKEN_JWKS: jwks,
  });
  operator = operatorOf(hub, adminToken);
  callers.set("a visitor", { token: undefined, as: "visitor" });
  callers.set("the operator", { token: adminToken, as: "operator" });
  for (const scope of SCOPES) {
    const { key } = await operator.call<IssuedApiKey>(AccessService.method.createApiKey, {
      name: scope,
      scopes: [scope],
    });
    callers.set(`an API key for ${scope}`, { token: key, as: `program ${scope}` });
  }
  for (const scope of ["", ...SCOPES] as const) {
    const token = await accessToken(pair.privateKey, scope);
    const as = scope === "" ? "program without scopes" : (`program ${scope}` as const);
    callers.set(`an access token for "${scope}"`, { token, as });
  }
  for (const state of STATES) {
    const agent = await joined(`c-${state}`);
    agents.set(state, agent);
    const steps: readonly MemberState[] =
      state === "pending" ? [] : state === "rejected" ? [state] : ["approved", state];
    for (const next of new Set(steps)) {
      await operator.call(AdminService.method.setMemberState, {
        centerId: agent.centerId,
        state: next,
        reason: "测试",
      });
    }
  }
  await publishMembersOnly(agents.get("approved") as TestAgent);
}, 300_000);

afterAll(async () => {
  operator?.[Symbol.dispose]();
  await hub?.[Symbol.asyncDispose]();
});

describe("every RPC, over gRPC", () => {
  const methods = SERVICES.flatMap((service) => service.methods);

  test.each(methods.map((method) => [`${method.parent.name}.${method.name}`, method] as const))(
    "%s refuses whom the table does not name, and nobody else",
    async (action, method) => {
      const request = { centerId: "c-approved" };
      for (const [caller, { token, as }] of callers) {
        expect([caller, refusedAs(await attempt(method, request, token))]).toEqual([
          caller,
          expected(action, as),
        ]);
      }
      for (const [state, agent] of agents) {
        const token = await agent.token();
        const about = { centerId: agent.centerId };
        const own = await attempt(method, about, token);
        expect([state, refusedAs(own)]).toEqual([state, expected(action, "own center")]);
        if (state === "approved" || action === "IngestService.Publish") continue;
        const other = await attempt(method, request, token);
        // A request that names no center is about the one that asks.
        const row = method.input.field["centerId"] === undefined ? "own center" : "other center";
        expect([state, refusedAs(other)]).toEqual([state, expected(action, row)]);
      }
    },
  );

  test.each(STATES)("a center that is %s tells its state to itself", async (state) => {
    const agent = agents.get(state) as TestAgent;
    const method = methods.find(({ name }) => name === "GetStatus") as DescMethod;
    expect(await attempt(method, { centerId: agent.centerId }, await agent.token())).toBe("");
  });

  test.each(STATES.filter((state) => state !== "approved"))(
    "a center that is %s publishes nothing",
    async (state) => {
      const agent = agents.get(state) as TestAgent;
      agent.newFeed();
      await using publisher = await agent.publisher(hub.up.grpc);
      const { frame } = await agent.batch([caseRecord("a", "题目")], "part");
      const answer = await publisher.send(frame, agent.feedId, 0n);
      expect(answer).toMatchObject({ type: "refusal", refusal: { code: "ERR_MEMBER_STATE" } });
    },
  );
});

describe("every route of the web port", () => {
  const routes = Object.keys(MATRIX).filter((action) => action.startsWith("GET "));

  test.each(routes)("%s refuses whom the table does not name, and nobody else", async (action) => {
    const path = action.slice(4).replace("/log/tile/*", "/log/tile/0/000.p/1").replace("/*", "/");
    // Whoever may ask for a preview is told that it names no entity.
    // Nobody finds a way to sign in that this hub does not offer.
    const granted = path === "/reconcile/preview" ? 400 : path.startsWith("/sign-in/") ? 404 : 200;
    for (const [caller, { token, as }] of callers) {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      for (const method of ["GET", "HEAD"]) {
        const { status } = await fetch(hub.up.web + path, { method, headers });
        const wanted = { "": granted, ERR_UNAUTHENTICATED: 401, ERR_FORBIDDEN: 403 }[
          expected(action, as)
        ];
        expect([caller, method, status]).toEqual([caller, method, wanted]);
      }
    }
  });

  test.each(routes)("%s takes no wrong token for none", async (action) => {
    const path = action.slice(4).replace("*", "");
    const headers = { authorization: `Bearer trb_${"0".repeat(16)}_${"0".repeat(64)}_00000000` };
    expect((await fetch(hub.up.web + path, { headers })).status).toBe(401);
  });
});

describe("a record for members only", () => {
  const sees = async (caller: string) => {
    const { token } = callers.get(caller) ?? {};
    const url = `grpc://${hub.up.grpc}`;
    using client = createClient({ url, ...(token !== undefined && { token }) });
    const page = await client.search("璇玑阁", { facets: ["kind"] });
    const { facets } = await client.facets({ fields: ["kind"] });
    return {
      total: page.total,
      titles: page.hits.map(({ record }) => record.title),
      counted: facets.flatMap(({ values }) => values.map(({ count }) => count)),
      suggested: (await client.suggest("璇玑")).length,
      listed: (await client.list({}).all({ max: 10 })).length,
      similar: (await client.similar({ text: "璇玑阁" })).hits.length,
    };
  };

  test.each(["an API key for read:members", 'an access token for "read:members"', "the operator"])(
    "is found, counted and suggested for %s",
    async (caller) => {
      expect(await sees(caller)).toMatchObject({
        total: 1,
        titles: ["璇玑阁能耗看板"],
        counted: [1],
        suggested: 1,
        listed: 1,
      });
    },
  );

  test.each(["a visitor", "an API key for read", 'an access token for "read"'])(
    "does not exist for %s",
    async (caller) => {
      expect(await sees(caller)).toEqual({
        total: 0,
        titles: [],
        counted: [],
        suggested: 0,
        listed: 0,
        similar: 0,
      });
    },
  );
});

function expected(action: string, as: Name): "" | "ERR_UNAUTHENTICATED" | "ERR_FORBIDDEN" {
  const row = MATRIX[action];
  if (row === undefined) throw new Error(`the table has no row for ${action}`);
  if (row.includes(as)) return "";
  return as === "visitor" ? "ERR_UNAUTHENTICATED" : "ERR_FORBIDDEN";
}

/** Whoever may call may still be told that the request is wrong. */
function refusedAs(code: string): string {
  return ["ERR_UNAUTHENTICATED", "ERR_FORBIDDEN", "ERR_TOKEN_INVALID"].includes(code) ? code : "";
}

/** Calls, and resolves to the code of the refusal, or "" with the first answer. */
function attempt(
  { parent, localName, methodKind, input }: DescMethod,
  about: { readonly centerId: string },
  token: string | undefined,
): Promise<string> {
  const Constructor = makeGenericClientConstructor(grpcServiceDefinition(parent), parent.typeName);
  const client: Client = new Constructor(hub.up.grpc, credentials.createInsecure());
  const request = create(input, input.field["centerId"] === undefined ? {} : about);
  const metadata = new Metadata();
  if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
  const options = { deadline: systemClock.now() + 20_000 };
  const call = (client as unknown as Record<string, (...args: unknown[]) => unknown>)[
    localName
  ]?.bind(client);
  return new Promise<string>((resolve, reject) => {
    const ended = (error: ServiceError | null) => {
      if (error === null) return resolve("");
      const [trailer] = error.metadata?.get(REFUSAL_TRAILER) ?? [];
      if (Buffer.isBuffer(trailer)) resolve(decodeRefusal(trailer).code);
      else reject(error);
    };
    if (methodKind === "unary") {
      call?.(request, metadata, options, (error: ServiceError | null, _answer: Message) =>
        ended(error),
      );
      return;
    }
    const args = methodKind === "server_streaming" ? [request, metadata, options] : [metadata];
    const stream = call?.(...args) as ClientReadableStream<Message>;
    stream.on("error", ended);
    stream.on("end", () => resolve(""));
    stream.on("data", () => {
      resolve("");
      stream.cancel();
    });
  }).finally(() => client.close());
}

async function joined(centerId: string): Promise<TestAgent> {
  const { code } = await operator.call<Invitation>(AdminService.method.createInvitation, {
    centerId,
    centerName: centerId,
  });
  return TestAgent.join(code);
}

async function publishMembersOnly(agent: TestAgent): Promise<void> {
  const record = encodeRecord({
    salt: randomBytes(16),
    kind: "case",
    key: "1",
    operation: "upsert",
    revision: 1n,
    visibility: "members",
    visibleTo: [],
    license: "CC-BY-4.0",
    body: encodeBody("case", { title: "璇玑阁能耗看板" }),
  });
  await using publisher = await agent.publisher(hub.up.grpc);
  const { frame } = await agent.batch([record], "end");
  expect((await publisher.send(frame, agent.feedId, 0n)).type).toBe("receipt");
  const untilMs = systemClock.now() + 60_000;
  for (;;) {
    const method = SERVICES.flatMap(({ methods }) => methods).find(({ name }) => name === "Search");
    const { total } = await operator.call<SearchAnswer>(method as DescMethod, {});
    if (total === 1) return;
    if (systemClock.now() > untilMs) throw new Error("the record is not found");
    await systemClock.sleep(30);
  }
}

function accessToken(key: CryptoKey, scope: string): Promise<string> {
  const now = Math.floor(systemClock.now() / 1_000);
  return new SignJWT({ client_id: "dash", jti: "1", scope })
    .setProtectedHeader({ alg: "ES256", typ: "at+jwt" })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject("dash")
    .setIssuedAt(now)
    .setExpirationTime(now + 3_600)
    .sign(key);
}
