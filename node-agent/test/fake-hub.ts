import { create, fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import {
  decodeRecord,
  encodeRefusal,
  equalBytes,
  importVerifyingKey,
  joinCheckCode,
  openBatch,
  REFUSAL_TRAILER,
  type RecordValue,
  randomBytes,
  systemClock,
  TributaryError,
  toHex,
  type VerifyingKey,
  verifyCallerToken,
  verifyJoinProof,
  verifyOpenedBatch,
} from "@tributary/proto";
import { grpcServiceDefinition } from "@tributary/proto/grpc";
import {
  type FeedHeadRequest,
  FeedHeadResponseSchema,
  GetCheckpointResponseSchema,
  type GetConsistencyProofRequest,
  GetConsistencyProofResponseSchema,
  GetEpochResponseSchema,
  type GetInclusionProofRequest,
  GetInclusionProofResponseSchema,
  GetStatusResponseSchema,
  type Heartbeat,
  HeldSnapshotSchema,
  IngestService,
  type JoinRequest,
  JoinResponseSchema,
  ListResponseSchema,
  LogService,
  MemberService,
  MemberState,
  type PublishRequest,
  type PublishResponse,
  PublishResponseSchema,
  QueryService,
  ReceiptSchema,
  RecordKind,
  RecordState,
  RecordViewSchema,
  RequestChallengeResponseSchema,
  type ReturnedBatch,
  Visibility,
} from "@tributary/proto/wire";
import { FakeLog } from "./fake-log.ts";

export interface FakeRefusal {
  readonly code: string;
  readonly retryAfterMs?: bigint;
  readonly expectedSeq?: bigint;
}

interface FeedOfHub {
  readonly feedId: Uint8Array;
  nextSeq: bigint;
  lastHash: Uint8Array;
  readonly hashes: Uint8Array[];
  readonly receipts: Uint8Array[];
}

type PublishStream = ServerDuplexStream<PublishRequest, PublishResponse>;

/**
 * A hub on real gRPC that keeps the sequence table, verifies batches and issues real receipts, in memory. Tests change
 * its public fields to make it misbehave.
 */
export class FakeHub implements AsyncDisposable {
  readonly log: FakeLog;
  readonly feeds = new Map<string, FeedOfHub>();
  /** Every record that was accepted, in order. */
  readonly records: RecordValue[] = [];
  readonly heartbeats: Heartbeat[] = [];
  /** Batches that each stream asks for again. */
  wanted: readonly { readonly feedId: Uint8Array; readonly seq: bigint }[] = [];
  readonly returned: ReturnedBatch[] = [];
  /** Sequences in the order in which they came, with the number of the stream. */
  readonly received: { readonly stream: number; readonly seq: bigint }[] = [];
  streams = 0;
  memberState: MemberState = MemberState.APPROVED;
  memberReason = "";
  pausedCode = "";
  /** What the head of a feed says of a snapshot that waits. */
  held: MessageInitShape<typeof HeldSnapshotSchema> | undefined;
  credit = { batches: 8, bytes: 16 * 2 ** 20 };
  /** Most batches that waited for an answer at one moment. */
  mostInFlight = 0;
  /** Answers a batch with a refusal instead of taking it. */
  refuse: (seq: bigint) => FakeRefusal | undefined = () => undefined;
  /** Called before a batch is answered; a promise that does not resolve is silence. */
  beforeAnswer: (seq: bigint) => Promise<void> = async () => {};
  /** Position of the newest epoch summary; undefined where it has written none. */
  epochAt: number | undefined;
  /** Holds this many answers back and gives them in reverse order. */
  reversed = 1;
  /** Changes a receipt before it is sent. */
  forge: (receipt: Uint8Array) => Uint8Array = (receipt) => receipt;

  readonly #server = new Server({ "grpc.max_receive_message_length": 4 * 2 ** 20 });
  readonly #open = new Set<PublishStream>();
  readonly #invitations = new Map<string, string>();
  #key: VerifyingKey | undefined;
  #challenge: Uint8Array = new Uint8Array();
  #port = 0;
  #lane: Promise<void> = Promise.resolve();
  #inFlight = 0;
  #held: PublishResponse[] = [];

  constructor(log: FakeLog) {
    this.log = log;
  }

  static async start(options: { readonly port?: number; readonly log?: FakeLog } = {}) {
    const hub = new FakeHub(options.log ?? (await FakeLog.create()));
    await hub.#listen(options.port ?? 0);
    return hub;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** Makes a member without a join. */
  async approve(publicKey: Uint8Array): Promise<void> {
    this.#key = await importVerifyingKey(publicKey);
  }

  /** One line, as `tributary-hub invite` prints it. */
  invite(center: string, origin = this.log.origin): string {
    const secret = toHex(randomBytes(16));
    this.#invitations.set(center, secret);
    const code = { hub: this.address, origin, vkey: this.log.vkey, center, secret, tls: false };
    return `tributary-join-1.${Buffer.from(JSON.stringify(code)).toString("base64url")}`;
  }

  /** Breaks every open stream off. */
  breakStreams(): void {
    for (const stream of this.#open) stream.emit("error", { code: status.UNAVAILABLE });
  }

  /** Forgets everything that it was sent, as a hub does whose disk was replaced. */
  forget(): void {
    this.feeds.clear();
    this.records.length = 0;
  }

  /** Stops at once, as a crash does. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown();
  }

  #listen(port: number): Promise<void> {
    this.#server.addService(grpcServiceDefinition(MemberService) as never, {
      requestChallenge: this.#unary(async () => this.#requestChallenge()),
      join: this.#unary((request: JoinRequest) => this.#join(request)),
      getStatus: this.#unary(async (_: unknown, metadata) => {
        await this.#authenticate(metadata);
        return create(GetStatusResponseSchema, {
          state: this.memberState,
          reason: this.memberReason,
          sinceMs: 1n,
          actor: "operator",
        });
      }),
    });
    this.#server.addService(grpcServiceDefinition(IngestService) as never, {
      feedHead: this.#unary(async (request: FeedHeadRequest, metadata) => {
        await this.#authenticate(metadata);
        const feed = this.feeds.get(toHex(request.feedId));
        return create(FeedHeadResponseSchema, {
          ...(feed && { feedId: feed.feedId, nextSeq: feed.nextSeq, lastHash: feed.lastHash }),
          pausedCode: feed === undefined ? "" : this.pausedCode,
          ...(this.held && { held: create(HeldSnapshotSchema, this.held) }),
        });
      }),
      publish: (stream: PublishStream) => this.#publish(stream),
    });
    this.#server.addService(grpcServiceDefinition(QueryService) as never, {
      /** Releases of outcomes, whatever is asked for. */
      list: this.#unary(async (_: unknown, metadata) => {
        await this.#authenticate(metadata);
        const releases = this.records.filter(({ kind }) => kind === "outcome");
        return create(ListResponseSchema, {
          records: releases.map(({ key }) =>
            create(RecordViewSchema, {
              ref: { kind: RecordKind.OUTCOME, key },
              state: RecordState.LIVE,
              visibility: Visibility.MEMBERS,
            }),
          ),
        });
      }),
    });
    this.#server.addService(grpcServiceDefinition(LogService) as never, {
      getCheckpoint: this.#unary(async () =>
        create(GetCheckpointResponseSchema, {
          checkpoint: await this.log.checkpoint(),
          vkey: this.log.vkey,
        }),
      ),
      getConsistencyProof: this.#unary(async ({ fromSize, toSize }: GetConsistencyProofRequest) =>
        create(GetConsistencyProofResponseSchema, {
          hashes: this.log.consistencyProof(Number(fromSize), Number(toSize)),
        }),
      ),
      getEpoch: this.#unary(async () => {
        if (this.epochAt === undefined) {
          throw new TributaryError("ERR_NOT_FOUND", "no epoch summary yet");
        }
        return create(GetEpochResponseSchema, {
          receipt: fromBinary(ReceiptSchema, await this.log.receipt(this.epochAt)),
        });
      }),
      getInclusionProof: this.#unary(async ({ position }: GetInclusionProofRequest) =>
        create(GetInclusionProofResponseSchema, {
          receipt: fromBinary(ReceiptSchema, await this.log.receipt(Number(position))),
        }),
      ),
    });
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(
        `127.0.0.1:${port}`,
        ServerCredentials.createInsecure(),
        (error, bound) => {
          this.#port = bound;
          if (error) reject(error);
          else resolve();
        },
      );
    });
  }

  #unary<Request>(handle: (request: Request, metadata: Metadata) => Promise<unknown>) {
    return (call: ServerUnaryCall<Request, unknown>, answer: sendUnaryData<unknown>) => {
      handle(call.request, call.metadata).then(
        (response) => answer(null, response),
        (error: { code?: string; message: string }) => {
          const metadata = new Metadata();
          if (error.code !== undefined) {
            const { code, message } = error;
            const refusal = { code, message, messageZh: "", limitName: "", limitValue: 0 };
            metadata.set(REFUSAL_TRAILER, Buffer.from(encodeRefusal(refusal)));
          }
          const code = error.code?.startsWith("ERR_TOKEN")
            ? status.UNAUTHENTICATED
            : status.INVALID_ARGUMENT;
          answer({ code, details: error.message, metadata });
        },
      );
    };
  }

  async #authenticate(metadata: Metadata): Promise<void> {
    const token = String(metadata.get("authorization")[0]).replace(/^Bearer /, "");
    await verifyCallerToken(token, {
      audience: this.log.origin,
      nowMs: systemClock.now(),
      keyOf: () => this.#key,
    });
  }

  #requestChallenge() {
    this.#challenge = randomBytes(32);
    return create(RequestChallengeResponseSchema, {
      challenge: this.#challenge,
      hubOrigin: this.log.origin,
      hubVkey: this.log.vkey,
    });
  }

  async #join(request: JoinRequest) {
    if (this.#invitations.get(request.centerId) !== request.invitationSecret) {
      throw Object.assign(new Error("unknown invitation"), { code: "ERR_INVITATION_INVALID" });
    }
    const statement = {
      hubOrigin: this.log.origin,
      centerId: request.centerId,
      publicKey: request.publicKey,
      recoveryPublicKey: request.recoveryPublicKey,
      challenge: this.#challenge,
    };
    const key = await importVerifyingKey(request.publicKey);
    await verifyJoinProof("join", request.proofOfPossession, key, statement);
    this.#invitations.delete(request.centerId);
    this.#key = key;
    return create(JoinResponseSchema, {
      state: this.memberState,
      checkCode: joinCheckCode(statement),
    });
  }

  async #publish(stream: PublishStream): Promise<void> {
    const number = ++this.streams;
    this.#open.add(stream);
    const close = () => this.#open.delete(stream);
    stream.on("close", close);
    stream.on("cancelled", close);
    stream.on("error", close);
    try {
      await this.#authenticate(stream.metadata);
    } catch (error) {
      stream.emit("error", { code: status.UNAUTHENTICATED, details: String(error) });
      return;
    }
    stream.write(
      create(PublishResponseSchema, { item: { case: "credit", value: this.credit as never } }),
    );
    for (const { feedId, seq } of this.wanted) {
      const item = { case: "wanted", value: {} as never } as const;
      stream.write(create(PublishResponseSchema, { feedId, seq, item }));
    }
    stream.on("data", ({ item }: PublishRequest) => {
      if (item.case === "returned") this.returned.push(item.value);
      if (item.case === "heartbeat") this.heartbeats.push(item.value);
      if (item.case !== "batch") return;
      this.#inFlight += 1;
      this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
      const frame = item.value;
      this.#lane = this.#lane.then(async () => {
        const answer = await this.#accept(frame, number);
        this.#inFlight -= 1;
        this.#held.unshift(answer);
        if (this.#held.length < this.reversed) return;
        for (const held of this.#held.splice(0)) if (this.#open.has(stream)) stream.write(held);
      });
    });
    stream.on("end", () => stream.end());
  }

  async #accept(frame: Uint8Array, stream: number): Promise<PublishResponse> {
    const batch = openBatch(frame);
    const { feedId, seq } = batch.header;
    this.received.push({ stream, seq });
    await this.beforeAnswer(seq);
    const refusal =
      this.refuse(seq) ?? (this.pausedCode === "" ? undefined : { code: this.pausedCode });
    const answer = (item: PublishResponse["item"]) =>
      create(PublishResponseSchema, { feedId, seq, item });
    const refused = (refusal: FakeRefusal) =>
      answer({
        case: "refusal",
        value: { message: "refused", messageZh: "拒绝", ...refusal } as never,
      });
    if (refusal !== undefined) return refused(refusal);
    const id = toHex(feedId);
    const feed = this.feeds.get(id) ?? {
      feedId,
      nextSeq: 0n,
      lastHash: new Uint8Array(32),
      hashes: [],
      receipts: [],
    };
    if (seq > feed.nextSeq) return refused({ code: "ERR_BATCH_GAP", expectedSeq: feed.nextSeq });
    if (seq < feed.nextSeq) {
      const isSame = equalBytes(feed.hashes[Number(seq)] as Uint8Array, batch.headerHash);
      if (!isSame) return refused({ code: "ERR_BATCH_EQUIVOCATION" });
      return answer(this.#receipt(feed.receipts[Number(seq)] as Uint8Array));
    }
    if (!equalBytes(batch.header.prevHash, feed.lastHash))
      return refused({ code: "ERR_BATCH_FORK" });
    const verified = await verifyOpenedBatch(batch, {
      hubOrigin: this.log.origin,
      key: this.#key as VerifyingKey,
    });
    this.feeds.set(id, feed);
    this.records.push(...verified.recordBytes.map(decodeRecord));
    feed.hashes.push(batch.headerHash);
    feed.lastHash = batch.headerHash;
    feed.nextSeq += 1n;
    const receipt = await this.log.append(batch.headerBytes, batch.signature);
    feed.receipts.push(receipt);
    return answer(this.#receipt(receipt));
  }

  #receipt(receipt: Uint8Array): PublishResponse["item"] {
    return { case: "receipt", value: fromBinary(ReceiptSchema, this.forge(receipt)) };
  }
}
