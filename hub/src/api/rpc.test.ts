import { describe, expect, test, vi } from "vitest";
import { RPC_NAMES } from "./authorize.ts";
import type { Principal } from "./principal.ts";
import { type CallContext, type RpcHandlers, withAuthorization } from "./rpc.ts";

const STREAMS: Readonly<Record<string, "server-streaming" | "bidi-streaming">> = {
  "IngestService.Publish": "bidi-streaming",
  "LogService.ListEntries": "server-streaming",
  "QueryService.Watch": "server-streaming",
};

describe("withAuthorization", () => {
  test.each(RPC_NAMES.filter((name) => /^(Admin|Curation|Ingest)Service/.test(name)))(
    "asks before the handler of %s is called",
    async (name) => {
      const { handlers, called } = recorded();
      await expect(callOf(handlers, name, { type: "visitor" })).rejects.toMatchObject({
        code: "ERR_UNAUTHENTICATED",
      });
      expect(called).toEqual([]);
    },
  );

  test("decodes nothing for whom it refuses", async () => {
    const { handlers } = recorded();
    const decode = vi.fn();
    const context = { principal: { type: "visitor" }, requestId: "1" } as never;
    for (const name of ["AdminService.ListMembers", "MemberService.GetStatus"] as const) {
      const refused = handlers[name].call(
        { centerId: "aa", decode } as never,
        context,
      ) as Promise<object>;
      await expect(refused).rejects.toMatchObject({ code: "ERR_UNAUTHENTICATED" });
    }
    expect(decode).not.toHaveBeenCalled();
  });

  test("looks at the center that the request names", async () => {
    const { handlers, called } = recorded();
    const principal: Principal = { type: "center", centerId: "bb" };
    await expect(callOf(handlers, "MemberService.GetStatus", principal)).rejects.toMatchObject({
      code: "ERR_FORBIDDEN",
    });
    await callOf(handlers, "MemberService.GetStatus", { type: "center", centerId: "aa" });
    expect(called).toEqual(["MemberService.GetStatus"]);
  });

  test.each(Object.keys(STREAMS))("lets who may call %s through", async (name) => {
    const { handlers, called } = recorded();
    await callOf(handlers, name as never, { type: "center", centerId: "aa" });
    expect(called).toEqual([name]);
  });
});

/** Handlers that write down that they were called. */
function recorded(): { readonly handlers: RpcHandlers; readonly called: string[] } {
  const called: string[] = [];
  const handlers = Object.fromEntries(
    RPC_NAMES.map((name) => {
      const type = STREAMS[name] ?? "unary";
      const call =
        type === "unary"
          ? async () => {
              called.push(name);
              return {};
            }
          : async function* () {
              called.push(name);
              yield {};
            };
      return [name, { type, call }];
    }),
  );
  return { handlers: withAuthorization(handlers as unknown as RpcHandlers), called };
}

async function callOf(
  handlers: RpcHandlers,
  name: keyof RpcHandlers,
  principal: Principal,
): Promise<void> {
  const context: CallContext = {
    principal,
    requestId: "1",
    signal: new AbortController().signal,
  };
  const handler = handlers[name];
  const request = { centerId: "aa", decode: () => ({ centerId: "aa" }) };
  const answer = handler.call(request as never, context);
  if (handler.type === "unary") await answer;
  else for await (const _item of answer as AsyncIterable<object>) return;
}
