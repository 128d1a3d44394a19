import { describe, expect, test } from "vitest";
import { buildBatch } from "../batch/batch.ts";
import { parseSignedBatch } from "../batch/frame.ts";
import type { Snapshot } from "../batch/header.ts";
import { toHex, utf8 } from "../crypto/bytes.ts";
import { signConfirmation } from "../crypto/confirmation.ts";
import { generateSigningKey } from "../crypto/keys.ts";
import { signObjection } from "../crypto/objection.ts";
import { auditLog } from "./audit-log.ts";
import { signCheckpoint } from "./checkpoint.ts";
import { cosign } from "./cosignature.ts";
import { encodeLogEntry, type LogEntryType } from "./entry.ts";
import { encodeEntryBundle } from "./entry-bundle.ts";
import { epochParts } from "./epoch.ts";
import { httpLogFiles } from "./http-log-files.ts";
import { leafHash, merkleRoot } from "./merkle.ts";
import { formatNote, formatVkey, parseNote } from "./note.ts";
import {
  type CenterSummary,
  type EpochSummary,
  encodeCurationDecision,
  encodeEpochSummary,
  encodeMembershipChange,
  encodeRestart,
  type MemberState,
} from "./statement.ts";
import { entriesPath, TILE_WIDTH, tilePath } from "./tiles.ts";
import { parseWitnessPolicy, type WitnessPolicy } from "./witness-policy.ts";

const ORIGIN = "hub.test/audited";
const signal = new AbortController().signal;
const hubKey = await generateSigningKey();
const centerKey = await generateSigningKey();
const LOG = { origin: ORIGIN, vkey: formatVkey(ORIGIN, hubKey.publicKey) };
const FEED = new Uint8Array(16).fill(3);
const NONE = new Uint8Array();

/** Writes a log of one center, and the files that show it. */
class Written {
  readonly entries: Uint8Array[] = [];
  nowMs = 1_770_000_000_000;
  row: CenterSummary | undefined;

  add(type: LogEntryType, statement: Uint8Array, signature = NONE): void {
    this.nowMs += 1;
    this.entries.push(
      encodeLogEntry({ receivedAtMs: this.nowMs, type, statement, signature, detail: NONE }),
    );
  }

  restart(): void {
    this.add("restart", encodeRestart({ version: "1", logSize: 0 }));
  }

  suspend(): void {
    this.member("suspended");
  }

  approve(): void {
    this.member("approved");
  }

  member(state: MemberState): void {
    const change = {
      centerId: "copper",
      state,
      publicKey: centerKey.publicKey,
      recoveryPublicKey: hubKey.publicKey,
      actor: "operator",
      reason: "",
      proofOfPossession: "",
      centerName: "铜",
    } as const;
    this.add("membership", encodeMembershipChange(change));
  }

  /** As the hub writes what a center says. */
  async said(action: "object" | "confirm", argument: string, by = centerKey, signed = argument) {
    const hubOrigin = ORIGIN;
    const centerId = "copper";
    const reason = "旧系统已停用";
    const [feedId = "", position = ""] = signed.split(" ");
    const authorization =
      action === "confirm"
        ? await signConfirmation(by, {
            hubOrigin,
            centerId,
            reason,
            feedId,
            position: Number(position),
          })
        : await signObjection(by, { hubOrigin, centerId, reason, decisionId: signed });
    const about = { action, argument, subjects: ["urn:dth:copper"], retracts: "" };
    const from = { decisionId: "0".repeat(32), actor: centerId, reason, authorization };
    this.add("curation", encodeCurationDecision({ ...about, ...from }));
  }

  async batch(snapshot: Snapshot = "none"): Promise<void> {
    const { nextSeq, lastHash, accepted } = this.row ?? { nextSeq: 0, lastHash: NONE, accepted: 0 };
    const { header, headerHash, frame } = await buildBatch(
      {
        hubOrigin: ORIGIN,
        centerId: "copper",
        feedId: FEED,
        seq: BigInt(nextSeq),
        prevHash: nextSeq === 0 ? new Uint8Array(32) : lastHash,
        firstRecordSeq: BigInt(accepted),
        createdAtMs: 0,
        snapshot,
        records: [utf8(`record ${nextSeq}`)],
      },
      centerKey,
    );
    this.add("batch", header, parseSignedBatch(frame).signature.slice());
    this.row = {
      centerId: "copper",
      feedId: FEED,
      nextSeq: nextSeq + 1,
      lastHash: headerHash,
      accepted: accepted + 1,
      quarantined: 0,
      stale: 0,
      withdrawn: 0,
      erased: 0,
      catalogDigest: new Uint8Array(32),
    };
  }

  epoch(epoch: number, change: Partial<EpochSummary> = {}): void {
    const centers = this.row === undefined ? [] : [this.row];
    const logSize = this.entries.length;
    const whole = { epoch, logSize, periodMs: 1_000, centers, ...change };
    const [part] = epochParts(whole);
    this.add("epoch", encodeEpochSummary({ ...(part as EpochSummary), ...change }));
  }

  async files(): Promise<Map<string, Uint8Array>> {
    const files = new Map<string, Uint8Array>();
    const size = this.entries.length;
    let hashes = this.entries.map(leafHash);
    const root = merkleRoot(hashes);
    files.set("checkpoint", utf8(await signCheckpoint({ origin: ORIGIN, size, root }, hubKey)));
    for (let level = 0; hashes.length > 0; level += 1) {
      const full: Uint8Array[] = [];
      for (let at = 0; at < hashes.length; at += TILE_WIDTH) {
        const tile = hashes.slice(at, at + TILE_WIDTH);
        const index = at / TILE_WIDTH;
        files.set(
          tilePath(level, index, tile.length),
          Uint8Array.from(tile.flatMap((h) => [...h])),
        );
        if (tile.length === TILE_WIDTH) full.push(merkleRoot(tile));
        if (level > 0) continue;
        const entries = this.entries.slice(at, at + TILE_WIDTH);
        files.set(entriesPath(index, tile.length), encodeEntryBundle(entries));
      }
      hashes = full;
    }
    return files;
  }
}

async function audit(files: ReadonlyMap<string, Uint8Array>, policy?: WitnessPolicy) {
  return auditLog({
    log: LOG,
    ...(policy && { policy }),
    signal,
    read: async (path) => {
      const file = files.get(path);
      if (file === undefined) throw new Error(`${path} is not there`);
      return file;
    },
  });
}

async function honest(restarts = 0): Promise<Written> {
  const log = new Written();
  for (let i = 0; i < restarts; i += 1) log.restart();
  log.approve();
  await log.batch();
  log.epoch(0);
  await log.batch();
  await log.batch();
  log.epoch(1);
  return log;
}

describe("an audit of a log", () => {
  test.each([0, 300])(
    "finds nothing wrong with an honest one of %i entries and a few",
    async (restarts) => {
      const log = await honest(restarts);
      const report = await audit(await log.files());
      expect(report).toMatchObject({
        size: restarts + 6,
        batches: 3,
        records: 3,
        problems: [],
        epoch: { number: 1, position: restarts + 5, logSize: restarts + 5 },
        newestAtMs: log.nowMs,
      });
      expect(report.centers).toMatchObject([{ centerId: "copper", nextSeq: 3, accepted: 3 }]);
    },
  );

  test("believes what a center says over its own signature, of a snapshot that it made", async () => {
    const log = new Written();
    log.approve();
    await log.batch("end");
    await log.said("confirm", `${toHex(FEED)} 1`);
    await log.said("object", "f".repeat(32));
    expect((await audit(await log.files())).problems).toEqual([]);
    const otherFeed = "cd".repeat(16);
    await log.said("confirm", `${toHex(FEED)} 1`, hubKey);
    await log.said("confirm", `${toHex(FEED)} 1`, centerKey, `${toHex(FEED)} 2`);
    await log.said("object", "f".repeat(32), hubKey);
    await log.said("confirm", `${toHex(FEED)} 0`);
    await log.said("confirm", `${otherFeed} 1`);
    const problems = [
      [4, /not signed by the center's key/],
      [5, /not signed by the center's key/],
      [6, /not signed by the center's key/],
      [7, /no end of a snapshot/],
      [8, /no end of a snapshot/],
    ] as const;
    expect((await audit(await log.files())).problems).toEqual(
      problems.map(([position, text]) => ({ position, problem: expect.stringMatching(text) })),
    );
    log.suspend();
    await log.said("confirm", `${toHex(FEED)} 1`);
    expect((await audit(await log.files())).problems.at(-1)).toMatchObject({
      position: 10,
      problem: expect.stringMatching(/not approved/),
    });
  });

  test("says which witnesses of a policy have cosigned, and finds that they are too few", async () => {
    const files = await (await honest()).files();
    const key = await generateSigningKey();
    const { text, signatures } = parseNote(new TextDecoder().decode(files.get("checkpoint")));
    const line = await cosign(text, { name: "ada", key, nowMs: 7_000 });
    files.set("checkpoint", utf8(formatNote({ text, signatures: [...signatures, line] })));
    const vkeys = [
      formatVkey("ada", key.publicKey, "cosignature"),
      formatVkey("bob", hubKey.publicKey, "cosignature"),
    ];
    const policy = (quorum: string) =>
      parseWitnessPolicy(
        `witness ada ${vkeys[0]}\nwitness bob ${vkeys[1]}\ngroup q ${quorum} ada bob\nquorum q`,
      );
    const cosigned = [{ name: "ada", atMs: 7_000 }];
    expect(await audit(files, policy("any"))).toMatchObject({ cosigned, problems: [] });
    expect(await audit(files, policy("all"))).toMatchObject({
      size: 6,
      cosigned,
      problems: [{ position: undefined, problem: expect.stringMatching(/so far: ada$/) }],
    });
    expect((await audit(files)).cosigned).toBeUndefined();
  });

  test.each<[string, (log: Written) => void | Promise<void>, RegExp]>([
    ["a center left out", (log) => log.epoch(2, { centers: [] }), /leaves out copper/],
    [
      "a batch left out",
      async (log) => {
        const { row } = log;
        await log.batch();
        log.row = row;
        log.epoch(2);
      },
      /row of copper says 3 records up to batch 2, and the log 4 up to batch 3/,
    ],
    [
      "a center that there is not",
      (log) => {
        const row = { ...(log.row as CenterSummary), centerId: "zinc" };
        log.epoch(2, { centers: [log.row as CenterSummary, row] });
      },
      /tells of zinc/,
    ],
    [
      "more lost records than there are",
      (log) => log.epoch(2, { centers: [{ ...(log.row as CenterSummary), withdrawn: 4 }] }),
      /counts cannot be/,
    ],
    ["an epoch left out", (log) => log.epoch(3), /epoch 3 and 2 comes next/],
    ["a summary of an older log", (log) => log.epoch(2, { logSize: 5 }), /does not cover/],
    ["a summary of the future", (log) => log.epoch(2, { logSize: 99 }), /more than there were/],
    [
      "a digest of other rows",
      (log) => log.epoch(2, { catalogDigest: new Uint8Array(32) }),
      /digest is not that of its rows/,
    ],
    [
      "a part without the one before it",
      (log) => log.epoch(2, { afterCenterId: "aa" }),
      /no next part/,
    ],
    [
      "an entry older than the one before it",
      (log) => {
        log.nowMs -= 10;
        log.restart();
      },
      /older than the entry before/,
    ],
    ["bytes that are no entry", (log) => void log.entries.push(Uint8Array.of(1)), /LogEntry/],
  ])("finds %s", async (_, spoil, problem) => {
    const log = await honest();
    await spoil(log);
    const { problems } = await audit(await log.files());
    expect(problems[0]?.problem).toMatch(problem);
  });

  test("finds an entry, a tile and a root that are not what was signed", async () => {
    const log = await honest();
    const files = await log.files();
    const other = await honest();
    other.entries[5] = log.entries[0] as Uint8Array;
    files.set("checkpoint", (await other.files()).get("checkpoint") as Uint8Array);
    files.set(tilePath(0, 0, 6), new Uint8Array(6 * 32));
    const problems = (await audit(files)).problems.map(({ problem }) => problem);
    expect(problems).toEqual([
      "tile/0/000.p/6 is not what the entries hash to",
      "the entries do not hash to the root that the checkpoint signs",
    ]);
  });

  test("does not begin without a checkpoint of the trusted key, and ends at a bundle that is none", async () => {
    const files = await (await honest()).files();
    const stranger = { ...LOG, vkey: formatVkey(ORIGIN, centerKey.publicKey) };
    const read = async (path: string) => files.get(path) as Uint8Array;
    await expect(auditLog({ log: stranger, signal, read })).rejects.toMatchObject({
      code: "ERR_NOTE_SIGNATURE",
    });
    files.set(entriesPath(0, 6), Uint8Array.of(0));
    await expect(audit(files)).rejects.toMatchObject({
      code: "ERR_LOG_ENTRY_MALFORMED",
      message: expect.stringContaining("tile/entries/000.p/6"),
    });
  });
});

describe("files of a log over HTTP", () => {
  const read = (answer: () => Response) =>
    httpLogFiles("https://hub.test/log", async () => answer());

  test("are read whole", async () => {
    expect(await read(() => new Response("abc"))("checkpoint", signal)).toEqual(utf8("abc"));
  });

  test.each([
    ["ERR_NOT_FOUND", () => new Response("", { status: 404 })],
    ["ERR_UNAVAILABLE", () => new Response("", { status: 503 })],
    ["ERR_PROTOCOL", () => new Response(new Uint8Array(256 * 65_537 + 1))],
    [
      "ERR_UNAVAILABLE",
      () => {
        throw new TypeError("fetch failed");
      },
    ],
  ])("are %s where they cannot be had", async (code, answer) => {
    await expect(read(answer)("checkpoint", signal)).rejects.toMatchObject({ code });
  });
});
