import { formatVkey, generateSigningKey, TributaryError } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import type { Cosigning, WitnessLink } from "../log/cosigning.ts";
import { WitnessList } from "../log/witness-list.ts";
import type { MemberRegistry } from "../members/registry.ts";
import type { CallContext } from "./rpc.ts";
import { createWitnessApi } from "./witness-api.ts";

const withCode = (code: string) => expect.objectContaining({ code });
const NEVER = new AbortController().signal;

/** Answers in the order in which a test sends them. */
function sender() {
  const { readable, writable } = new TransformStream<{ id: number; status: number; body: string }>(
    undefined,
    { highWaterMark: 10 },
    { highWaterMark: 10 },
  );
  const writer = writable.getWriter();
  return {
    answers: readable as AsyncIterable<{ id: number; status: number; body: string }>,
    send: (id: number, body = "") => writer.write({ id, status: 200, body }),
    end: () => writer.close(),
  };
}

async function world() {
  const links = new Map<string, WitnessLink>();
  let position = 0;
  const witnesses = await WitnessList.load({
    append: async () => ({ position: position++, receipt: new Uint8Array() }),
    fact: async () => undefined,
  });
  const api = createWitnessApi({
    witnesses,
    cosigning: {
      attach: (centerId: string, link: WitnessLink) => {
        links.set(centerId, link);
        return () => links.delete(centerId);
      },
      standingOf: () => ({ connected: true, size: 7, cosignedAtMs: 0, problem: "" }),
    } as unknown as Cosigning,
    registry: { get: (id: string) => (id === "aa" ? {} : undefined) } as unknown as MemberRegistry,
  });
  const vkey = formatVkey("aa.example", (await generateSigningKey()).publicKey, "cosignature");
  const as = (principal: CallContext["principal"], signal = NEVER): CallContext => ({
    principal,
    requestId: "r",
    signal,
  });
  const operator = as({ type: "operator", name: "operator" });
  const center = (centerId: string, signal?: AbortSignal) =>
    as({ type: "center", centerId }, signal);
  return { api, links, vkey, operator, center };
}

describe("witnesses", () => {
  test("are members, and shown with how they are", async () => {
    const { api, vkey, operator } = await world();
    await expect(api.setWitness({ centerId: "bb", vkey }, operator)).rejects.toThrow(
      withCode("ERR_MEMBER_UNKNOWN"),
    );
    expect(await api.setWitness({ centerId: "aa", vkey }, operator)).toEqual({ position: 0 });
    expect(await api.listWitnesses({})).toEqual({
      witnesses: [{ centerId: "aa", vkey, connected: true, size: 7, cosignedAtMs: 0, problem: "" }],
    });
    await api.setWitness({ centerId: "aa", vkey: "" }, operator);
    expect(await api.listWitnesses({})).toEqual({ witnesses: [] });
  });
});

describe("the stream of a witness", () => {
  test("is for centers that are named", async () => {
    const { api, center } = await world();
    const stream = api.witness(sender().answers, center("aa"));
    await expect(Array.fromAsync(stream)).rejects.toThrow(withCode("ERR_MEMBER_STATE"));
  });

  async function opened(signal?: AbortSignal) {
    const { api, vkey, operator, center, links } = await world();
    await api.setWitness({ centerId: "aa", vkey }, operator);
    const { answers, send, end } = sender();
    const stream = api.witness(answers, center("aa", signal))[Symbol.asyncIterator]();
    const first = stream.next();
    const link = links.get("aa") as WitnessLink;
    return { stream, first, link, links, send, end };
  }

  test("carries one question after the other, and its answer", async () => {
    const { stream, first, link, links, send, end } = await opened();
    const one = link.ask("old 0", NEVER);
    expect((await first).value).toEqual({ id: 1, addCheckpoint: "old 0" });
    await send(1, "a");
    expect(await one).toEqual({ status: 200, body: "a" });
    const two = link.ask("old 1", NEVER);
    expect((await stream.next()).value).toEqual({ id: 2, addCheckpoint: "old 1" });
    await send(2, "b");
    expect(await two).toMatchObject({ body: "b" });
    await end();
    expect((await stream.next()).done).toBe(true);
    expect(links.size).toBe(0);
  });

  test.each([
    ["an answer to nothing", 2, "", "ERR_PROTOCOL"],
    ["an answer that is too long", 1, "a".repeat(65_537), "ERR_ARGUMENT_INVALID"],
  ])("ends at %s, and so does what waits", async (_, id, body, code) => {
    const { stream, first, link, send } = await opened();
    const asked = expect(link.ask("old 0", NEVER)).rejects.toThrow(withCode(code));
    await first;
    await send(id, body);
    await expect(stream.next()).rejects.toThrow(withCode(code));
    await asked;
    await expect(link.ask("old 0", NEVER)).rejects.toThrow(withCode(code));
  });

  test("ends with the call, and when it is closed", async () => {
    const gone = new AbortController();
    const { stream, first, link } = await opened(gone.signal);
    const asked = expect(link.ask("old 0", NEVER)).rejects.toThrow(withCode("ERR_CANCELLED"));
    await first;
    gone.abort(new TributaryError("ERR_CANCELLED", "gone"));
    await asked;
    await expect(stream.next()).rejects.toThrow(withCode("ERR_CANCELLED"));
    const other = await opened();
    other.link.close(new TributaryError("ERR_DEADLINE", "silent"));
    await expect(other.first).rejects.toThrow(withCode("ERR_DEADLINE"));
  });
});
