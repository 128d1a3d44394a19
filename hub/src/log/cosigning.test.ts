import {
  cosign,
  decodeLogEntry,
  decodePolicyChange,
  encodeRestart,
  formatSignatureLine,
  formatVkey,
  generateSigningKey,
  ManualClock,
  openCosigned,
  parseAddCheckpoint,
  parseNote,
  parseVkey,
  parseWitnessPolicy,
  TributaryError,
  verifyConsistency,
  type WitnessAnswer,
} from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { MemoryCheckpointAnchor } from "../adapters/memory-checkpoint-anchor.ts";
import { MemoryLogStore } from "../adapters/memory-log-store.ts";
import { createCheckpointSigner } from "./checkpoint-signer.ts";
import { Cosigning, type WitnessLink } from "./cosigning.ts";
import { MerkleLog } from "./merkle-log.ts";
import { WitnessList } from "./witness-list.ts";

const withCode = (code: string) => expect.objectContaining({ code });

/** A witness that does what it should, in memory; tests make it do something else. */
class TestWitness implements WitnessLink {
  readonly centerId: string;
  readonly vkey: string;
  readonly #key: Awaited<ReturnType<typeof generateSigningKey>>;
  seen: { readonly size: number; readonly root: Uint8Array } | undefined;
  asked = 0;
  closed: TributaryError | undefined;
  misbehave: ((request: string) => WitnessAnswer | Promise<never>) | undefined;

  constructor(centerId: string, key: Awaited<ReturnType<typeof generateSigningKey>>) {
    this.centerId = centerId;
    this.#key = key;
    this.vkey = formatVkey(`${centerId}.example`, key.publicKey, "cosignature");
  }

  static async make(centerId: string) {
    return new TestWitness(centerId, await generateSigningKey());
  }

  async ask(request: string, signal: AbortSignal): Promise<WitnessAnswer> {
    this.asked += 1;
    if (this.misbehave !== undefined) {
      const late = new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
      return Promise.race([this.misbehave(request), late]);
    }
    const { oldSize, path, checkpoint } = parseAddCheckpoint(request);
    const { text } = parseNote(checkpoint);
    const [, digits = ""] = text.split("\n");
    const toSize = Number(digits);
    const toRoot = Uint8Array.from(Buffer.from(text.split("\n")[2] ?? "", "base64"));
    const { size = 0, root } = this.seen ?? {};
    if (oldSize !== size) return { status: 409, body: `${size}\n` };
    const isGood =
      root === undefined ||
      verifyConsistency({ fromSize: size, fromRoot: root, toSize, toRoot, path });
    if (!isGood) return { status: size === toSize ? 409 : 422, body: `${size}\n` };
    this.seen = { size: toSize, root: toRoot };
    return { status: 200, body: formatSignatureLine(await this.sign(text)) };
  }

  sign(text: string) {
    const nowMs = Date.UTC(2026, 0, 1);
    return cosign(text, { name: `${this.centerId}.example`, key: this.#key, nowMs });
  }

  close(reason: TributaryError): void {
    this.closed = reason;
  }
}

async function world(count: number) {
  const clock = new ManualClock();
  const signer = createCheckpointSigner("hub.test", await generateSigningKey());
  const log = await MerkleLog.open({
    store: new MemoryLogStore(),
    anchor: new MemoryCheckpointAnchor(),
    signer,
    clock,
  });
  const list = await WitnessList.load(log);
  const witnesses = await Promise.all(
    Array.from({ length: count }, (_, i) => TestWitness.make(`w${i}`)),
  );
  for (const { centerId, vkey } of witnesses) await list.set(centerId, vkey, "operator");
  const told: string[] = [];
  const cosigning = new Cosigning({
    log,
    witnesses: list,
    clock,
    events: {
      witnessFailed: (center, problem) => told.push(`${center}: ${problem}`),
      witnessRecovered: (center) => told.push(`${center} recovered`),
    },
  });
  for (const witness of witnesses) cosigning.attach(witness.centerId, witness);
  const ending = new AbortController();
  const running = cosigning.run(ending.signal);
  const policy = parseWitnessPolicy(
    `${witnesses.map(({ centerId, vkey }) => `witness ${centerId} ${vkey}`).join("\n")}\nquorum none`,
  );
  const grow = async (entries = 1) => {
    for (let i = 0; i < entries; i += 1) {
      const statement = encodeRestart({ version: "x", logSize: log.size });
      await log.append({ type: "restart", statement });
    }
  };
  return {
    clock,
    log,
    list,
    witnesses: witnesses as [TestWitness, TestWitness, ...TestWitness[]],
    cosigning,
    told,
    grow,
    /** Waits until the checkpoint that is shown has this size, and cosignatures of these. */
    shows: (wanted: readonly (number | string)[]) =>
      expect
        .poll(
          async () => {
            const { checkpoint = "" } = cosigning;
            if (checkpoint === "") return [];
            const opened = await openCosigned(checkpoint, signer, policy);
            return [opened.checkpoint.size, ...opened.cosigned.map(({ name }) => name).sort()];
          },
          { timeout: 5_000, interval: 5 },
        )
        .toEqual(wanted),
    stop: async () => {
      ending.abort(new TributaryError("ERR_CANCELLED", "over"));
      await running;
    },
  };
}

/** Lets everything run that does not wait for the clock; signatures are made in other threads. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("cosigning", () => {
  test("gathers the cosignatures of all witnesses on one checkpoint, again when the log has grown", async () => {
    const { clock, shows, grow, stop, cosigning } = await world(3);
    await settle();
    await shows([3, "w0", "w1", "w2"]);
    await grow(5);
    await settle();
    await shows([3, "w0", "w1", "w2"]);
    clock.advance(1_000);
    await settle();
    await shows([8, "w0", "w1", "w2"]);
    expect(cosigning.cosignedSize).toBe(8);
    await stop();
  });

  test("starts from what a witness says that it signed last, after a restart of the hub", async () => {
    const { log, list, clock, witnesses, stop, grow } = await world(2);
    await settle();
    await stop();
    await grow(2);
    const again = new Cosigning({
      log,
      witnesses: list,
      clock,
      events: { witnessFailed() {}, witnessRecovered() {} },
    });
    const [witness] = witnesses;
    witness.asked = 0;
    again.attach(witness.centerId, witness);
    const ending = new AbortController();
    const running = again.run(ending.signal);
    await settle();
    expect(witness.asked).toBe(2);
    expect(witness.seen?.size).toBe(4);
    ending.abort();
    await running;
  });

  test("shows the checkpoint without a silent witness after two seconds, and ends its stream after ten", async () => {
    const { clock, shows, witnesses, cosigning, told, grow, stop } = await world(2);
    const [silent] = witnesses;
    await settle();
    silent.misbehave = () => new Promise<never>(() => {});
    await grow();
    clock.advance(1_000);
    await settle();
    await shows([2, "w0", "w1"]);
    clock.advance(2_000);
    await settle();
    await shows([3, "w1"]);
    expect(silent.closed).toBeUndefined();
    clock.advance(8_000);
    await settle();
    expect(silent.closed).toEqual(withCode("ERR_DEADLINE"));
    expect(told).toEqual([expect.stringContaining("w0: the witness did not answer")]);
    silent.misbehave = undefined;
    cosigning.attach("w0", silent);
    clock.advance(1_000);
    await settle();
    await shows([3, "w0", "w1"]);
    expect(told.at(-1)).toBe("w0 recovered");
    await stop();
  });

  test.each<[string, (request: string) => WitnessAnswer, string]>([
    ["words that are no signature", () => ({ status: 200, body: "yes" }), "signed note"],
    ["nothing", () => ({ status: 200, body: "" }), "signed note"],
    [
      "the log's own signature",
      (r) => ({ status: 200, body: `${r.split("\n\n").at(-1)}` }),
      "not signed by",
    ],
    ["another status", () => ({ status: 500, body: "broken\u0007" }), "500"],
    ["a larger size", () => ({ status: 409, body: "99\n" }), "has cosigned 99 entries"],
    ["a size that is none", () => ({ status: 409, body: "-1\n" }), "409"],
    [
      "another size each time",
      (r) => ({ status: 409, body: r.startsWith("old 1\n") ? "0\n" : "1\n" }),
      "another tree",
    ],
  ])(
    "of a witness that answers %s keeps no line, and that of the others",
    async (_, lie, problem) => {
      const { clock, shows, witnesses, list, cosigning, grow, stop } = await world(2);
      await settle();
      witnesses[0].misbehave = lie;
      await grow();
      clock.advance(1_000);
      await settle();
      await shows([3, "w1"]);
      const [first] = list.list();
      expect(cosigning.standingOf(first as NonNullable<typeof first>)).toMatchObject({
        connected: true,
        size: 2,
        problem: expect.stringContaining(problem),
      });
      await stop();
    },
  );

  test("does not take a cosignature of another witness, nor one of an earlier checkpoint", async () => {
    const { clock, log, shows, witnesses, grow, stop, cosigning } = await world(2);
    await shows([2, "w0", "w1"]);
    const { text: earlier } = parseNote(cosigning.checkpoint ?? "");
    const [first, second] = witnesses;
    for (const line of [await first.sign(earlier), await second.sign(earlier)]) {
      first.misbehave = () => ({ status: 200, body: formatSignatureLine(line) });
      await grow();
      clock.advance(1_000);
      await settle();
      await shows([log.size, "w1"]);
    }
    await stop();
  });

  test("asks again after a minute although the log stands still", async () => {
    const { clock, witnesses, stop } = await world(2);
    await settle();
    clock.advance(1_000);
    await settle();
    expect(witnesses[0].asked).toBe(1);
    clock.advance(60_000);
    await settle();
    expect(witnesses[0].asked).toBe(2);
    await stop();
  });

  test("asks a center no more that is no witness any more, and ends its stream", async () => {
    const { clock, shows, witnesses, list, cosigning, stop } = await world(2);
    await settle();
    await list.set("w0", "", "operator");
    clock.advance(1_000);
    await settle();
    await shows([3, "w1"]);
    expect(witnesses[0].closed).toEqual(withCode("ERR_MEMBER_STATE"));
    await list.set("w1", "", "operator");
    expect(cosigning.checkpoint).toBeUndefined();
    await stop();
  });

  test("ends the stream that a center had before it opened another", async () => {
    const { cosigning, witnesses, stop } = await world(2);
    const other = await TestWitness.make("w0");
    const detach = cosigning.attach("w0", other);
    expect(witnesses[0].closed).toEqual(withCode("ERR_CANCELLED"));
    detach();
    await stop();
  });
});

describe("the list of witnesses", () => {
  test("is in the log, and the same after a start", async () => {
    const { log, list, stop, witnesses } = await world(2);
    const { statement } = decodeLogEntry((await log.entry(1)).entry);
    expect(decodePolicyChange(statement)).toEqual({
      name: "witnesses",
      value: JSON.stringify({ w0: witnesses[0].vkey, w1: witnesses[1].vkey }),
      actor: "operator",
    });
    expect((await WitnessList.load(log)).list()).toEqual(list.list());
    await stop();
  });

  test("refuses keys that are none, weak, or of another center, and centers that are not there", async () => {
    const { list, witnesses, stop } = await world(2);
    const { vkey } = witnesses[0];
    const key = (await generateSigningKey()).publicKey;
    const refused = async (centerId: string, text: string, code: string) =>
      expect(list.set(centerId, text, "operator")).rejects.toThrow(withCode(code));
    await refused("w2", "x", "ERR_VKEY_MALFORMED");
    await refused("w2", formatVkey("w2", key), "ERR_VKEY_MALFORMED");
    await refused("w2", formatVkey("w2", new Uint8Array(32), "cosignature"), "ERR_KEY_WEAK");
    await refused("w2", vkey, "ERR_ALREADY_EXISTS");
    await refused("w0", vkey, "ERR_ALREADY_EXISTS");
    await refused("w2", "", "ERR_NOT_FOUND");
    const { publicKey } = parseVkey(vkey, "cosignature");
    await refused("w2", formatVkey("other", publicKey, "cosignature"), "ERR_ALREADY_EXISTS");
    await list.set("w0", formatVkey("other", publicKey, "cosignature"), "operator");
    expect(list.list().map(({ verifier }) => verifier.name)).toEqual(["other", "w1.example"]);
    await stop();
  });

  test("has at most 32, and changes that were made at once all count", async () => {
    const { list, stop } = await world(1);
    const keys = await Promise.all(Array.from({ length: 32 }, () => generateSigningKey()));
    const set = (i: number) =>
      list.set(
        `x${i}`,
        formatVkey("x", (keys[i] as (typeof keys)[number]).publicKey, "cosignature"),
        "operator",
      );
    await Promise.all(Array.from({ length: 31 }, (_, i) => set(i)));
    expect(list.list()).toHaveLength(32);
    await expect(set(31)).rejects.toThrow(withCode("ERR_ARGUMENT_INVALID"));
    await stop();
  });
});
