/**
 * A small agent for drills and benches: joins, signs batches, publishes within its credit, keeps receipts.
 *
 * @module
 */

import type { Message } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";
import {
  type ChannelCredentials,
  type Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  makeGenericClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import {
  type BuiltBatch,
  buildBatch,
  decodeRefusal,
  encodeBody,
  encodeRecord,
  errorOfRefusal,
  fromBase64Url,
  fromUtf8,
  generateSigningKey,
  type PublishAnswer,
  publishAnswerCodec,
  publishItemCodec,
  REFUSAL_TRAILER,
  type ReturnedBatch,
  randomBytes,
  type SigningKey,
  type Snapshot,
  signCallerToken,
  signJoinProof,
  toHex,
  ZERO_HASH,
} from "@tributary/proto";
import { grpcServiceDefinition } from "@tributary/proto/grpc";
import {
  IngestService,
  JoinRequestSchema,
  type JoinResponse,
  MemberService,
  type PublishResponse,
  RequestChallengeRequestSchema,
  type RequestChallengeResponse,
} from "@tributary/proto/wire";

/** What a join code says. */
export interface JoinCode {
  readonly hub: string;
  readonly origin: string;
  readonly vkey: string;
  readonly center: string;
  readonly secret: string;
}

export function parseJoinCode(code: string): JoinCode {
  const [, encoded = ""] = /^tributary-join-1\.(\S+)$/.exec(code) ?? [];
  return JSON.parse(fromUtf8(fromBase64Url(encoded))) as JoinCode;
}

/** A center with its key and its feed. */
export class TestAgent {
  readonly centerId: string;
  readonly origin: string;
  readonly key: SigningKey;
  /** What the center's screen shows after the join. */
  checkCode = "";
  feedId = randomBytes(16);
  nextSeq = 0n;
  nextRecordSeq = 0n;
  lastHash: Uint8Array = ZERO_HASH;

  constructor(centerId: string, origin: string, key: SigningKey) {
    this.centerId = centerId;
    this.origin = origin;
    this.key = key;
  }

  /** Joins with a code; the hub's operator may still have to approve. */
  static async join(code: string, address?: string): Promise<TestAgent> {
    const { hub, origin, center, secret } = parseJoinCode(code);
    const agent = new TestAgent(center, origin, await generateSigningKey());
    const recovery = await generateSigningKey();
    const client = memberClient(address ?? hub);
    try {
      const { challenge } = await unary<RequestChallengeResponse>(
        client,
        "requestChallenge",
        create(RequestChallengeRequestSchema, { centerId: center }),
      );
      const statement = {
        hubOrigin: origin,
        centerId: center,
        publicKey: agent.key.publicKey,
        recoveryPublicKey: recovery.publicKey,
        challenge,
      };
      const { checkCode } = await unary<JoinResponse>(
        client,
        "join",
        create(JoinRequestSchema, {
          centerId: center,
          invitationSecret: secret,
          publicKey: agent.key.publicKey,
          recoveryPublicKey: recovery.publicKey,
          proofOfPossession: await signJoinProof("join", agent.key, statement),
          agentVersion: "test",
        }),
      );
      agent.checkCode = checkCode;
      return agent;
    } finally {
      client.close();
    }
  }

  /** Signs the next batch of the feed. */
  async batch(records: readonly Uint8Array[], snapshot: Snapshot = "none"): Promise<BuiltBatch> {
    const built = await buildBatch(
      {
        hubOrigin: this.origin,
        centerId: this.centerId,
        feedId: this.feedId,
        seq: this.nextSeq,
        prevHash: this.lastHash,
        firstRecordSeq: this.nextRecordSeq,
        createdAtMs: 1_770_000_000_000,
        snapshot,
        records,
      },
      this.key,
    );
    this.nextSeq += 1n;
    this.nextRecordSeq += BigInt(records.length);
    this.lastHash = built.headerHash;
    return built;
  }

  /** Opens a new feed: the next batch has sequence 0. */
  newFeed(): void {
    this.feedId = randomBytes(16);
    this.nextSeq = 0n;
    this.nextRecordSeq = 0n;
    this.lastHash = ZERO_HASH;
  }

  /**
   * @param onWanted Finds a batch that the hub asks for again; undefined says that it is not kept.
   * @param channel Of the connection; without TLS by default.
   */
  async publisher(
    address: string,
    onWanted: (feedId: Uint8Array, seq: bigint) => Uint8Array | undefined = () => undefined,
    channel?: ChannelCredentials,
  ): Promise<Publisher> {
    return new Publisher(address, await this.token(), onWanted, channel);
  }

  /** Says who calls. */
  token(): Promise<string> {
    return signCallerToken(this.key, {
      centerId: this.centerId,
      audience: this.origin,
      nowMs: Date.now(),
    });
  }
}

type PublishStream = ClientDuplexStream<Message, Message>;

interface OpensPublish {
  publish(metadata: Metadata): PublishStream;
}

/** One open stream. */
export class Publisher implements AsyncDisposable {
  readonly #client: Client;
  readonly #stream: PublishStream;
  readonly #waiting = new Map<string, (answer: PublishAnswer) => void>();
  readonly #nameless: ((answer: PublishAnswer) => void)[] = [];
  #credit: Promise<{ readonly batches: number; readonly bytes: number }>;
  #ended: Promise<Error | undefined>;
  #error: Error | undefined;

  constructor(
    address: string,
    token: string | undefined,
    onWanted: (feedId: Uint8Array, seq: bigint) => Uint8Array | undefined = () => undefined,
    channel: ChannelCredentials = credentials.createInsecure(),
  ) {
    const Constructor = makeGenericClientConstructor(
      grpcServiceDefinition(IngestService),
      IngestService.typeName,
    );
    this.#client = new Constructor(address, channel, {
      "grpc.max_send_message_length": -1,
      "grpc.use_local_subchannel_pool": 1,
    });
    const metadata = new Metadata();
    if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
    this.#stream = (this.#client as unknown as OpensPublish).publish(metadata);
    const {
      promise: credit,
      resolve: resolveCredit,
      reject,
    } = Promise.withResolvers<{
      batches: number;
      bytes: number;
    }>();
    credit.catch(() => undefined);
    this.#credit = credit;
    this.#stream.on("data", (message) => {
      const answer = publishAnswerCodec.decode(message as PublishResponse);
      if (answer.type === "credit") resolveCredit(answer.credit);
      else if (answer.type === "wanted") {
        const { feedId, seq } = answer;
        this.giveBack({ feedId, seq, frame: onWanted(feedId, seq) });
      } else this.#take(answer);
    });
    this.#ended = new Promise((resolve) => {
      this.#stream.on("error", (error: ServiceError) => {
        const [trailer] = error.metadata?.get(REFUSAL_TRAILER) ?? [];
        this.#error = Buffer.isBuffer(trailer) ? errorOfRefusal(decodeRefusal(trailer)) : error;
        reject(this.#error);
        resolve(this.#error);
      });
      this.#stream.on("end", () => resolve(undefined));
    });
  }

  get credit(): Promise<{ readonly batches: number; readonly bytes: number }> {
    return this.#credit;
  }

  /** Resolves when the stream has ended, with its error if it has one. */
  get ended(): Promise<Error | undefined> {
    return this.#ended;
  }

  /** Sends a frame; resolves to its answer, by feed and sequence. Rejects when the stream ends before. */
  async send(frame: Uint8Array, feedId: Uint8Array, seq: bigint): Promise<PublishAnswer> {
    const { promise, resolve } = Promise.withResolvers<PublishAnswer>();
    this.#waiting.set(`${toHex(feedId)}/${seq}`, resolve);
    this.write(frame);
    return this.#orEnd(promise);
  }

  /** Sends bytes that cannot be read as a batch; resolves to the answer without a feed. */
  async sendJunk(frame: Uint8Array): Promise<PublishAnswer> {
    const { promise, resolve } = Promise.withResolvers<PublishAnswer>();
    this.#nameless.push(resolve);
    this.write(frame);
    return this.#orEnd(promise);
  }

  /** Writes a frame without waiting for anything. */
  write(frame: Uint8Array): boolean {
    return this.#stream.write(publishItemCodec.encode({ type: "batch", frame }));
  }

  giveBack(returned: ReturnedBatch): void {
    this.#stream.write(publishItemCodec.encode({ type: "returned", returned }));
  }

  heartbeat(pausedReason = ""): void {
    const heartbeat = { agentVersion: "test", outboxBatches: 0, rejectedRows: 0, pausedReason };
    this.#stream.write(publishItemCodec.encode({ type: "heartbeat", heartbeat }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream.end();
    await this.#ended;
    this.#client.close();
  }

  #take(answer: Extract<PublishAnswer, { type: "receipt" | "refusal" }>): void {
    const name = `${toHex(answer.feedId)}/${answer.seq}`;
    const waiting = this.#waiting.get(name);
    this.#waiting.delete(name);
    if (waiting !== undefined) waiting(answer);
    else this.#nameless.shift()?.(answer);
  }

  async #orEnd(answer: Promise<PublishAnswer>): Promise<PublishAnswer> {
    const first = await Promise.race([answer, this.#ended]);
    if (first !== undefined && !(first instanceof Error)) return first;
    throw first ?? new Error("the stream ended before the answer");
  }
}

/** An encoded record with a readable body. */
export function caseRecord(key: string, title: string, abstract = ""): Uint8Array {
  return encodeRecord({
    salt: randomBytes(16),
    kind: "case",
    key,
    operation: "upsert",
    revision: 1n,
    visibility: "public",
    visibleTo: [],
    license: "CC-BY-4.0",
    body: encodeBody("case", { title, ...(abstract === "" ? {} : { abstract }) }),
  });
}

function memberClient(address: string): Client {
  const Constructor = makeGenericClientConstructor(
    grpcServiceDefinition(MemberService),
    MemberService.typeName,
  );
  return new Constructor(address, credentials.createInsecure());
}

function unary<Response extends Message>(
  client: Client,
  method: string,
  request: Message,
): Promise<Response> {
  const call = (client as unknown as Record<string, (...args: unknown[]) => void>)[method];
  return new Promise((resolve, reject) => {
    call?.call(
      client,
      request,
      new Metadata(),
      { deadline: Date.now() + 10_000 },
      (error: ServiceError | null, response: Response) => {
        if (error === null) resolve(response);
        else {
          const [trailer] = error.metadata?.get(REFUSAL_TRAILER) ?? [];
          reject(Buffer.isBuffer(trailer) ? errorOfRefusal(decodeRefusal(trailer)) : error);
        }
      },
    );
  });
}
