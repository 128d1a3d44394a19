/**
 * Publishes one record to a hub with Node's standard library alone: none of our packages, no Protobuf or gRPC library.
 * Written from proto/README.md, the comments in proto/tributary/v1 and the vectors, as an agent in another language is.
 *
 * The join code is read from standard input, since every user of a machine can read its command lines:
 *
 *     tributary-hub invite --center stranger --name Stranger --preapproved | node examples/stranger/main.ts
 *
 * Prints a JSON object when the receipt is verified. A real agent keeps its keys, batches and receipts on a disk.
 *
 * @module
 */

import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import { connect } from "node:http2";
import { text } from "node:stream/consumers";

const sha256 = (...parts: Uint8Array[]) =>
  createHash("sha256").update(Buffer.concat(parts)).digest();
const b64url = (data: Uint8Array | string) => Buffer.from(data).toString("base64url");

// Protobuf: fields in the order of their numbers, defaults left out (section 1, rule 2).

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const number = (field: number, value: number) =>
  value === 0 ? Buffer.alloc(0) : Buffer.concat([varint(field << 3), varint(value)]);

function bytes(field: number, value: Uint8Array | string): Buffer {
  const data = Buffer.from(value);
  if (data.length === 0) return data;
  return Buffer.concat([varint((field << 3) | 2), varint(data.length), data]);
}

/** The fields of a message that are bytes; numbers are passed over. */
function fieldsOf(data: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  let at = 0;
  const next = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = data.readUInt8(at++);
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < data.length) {
    const tag = next();
    const size = next();
    if ((tag & 7) === 0) continue;
    if ((tag & 7) !== 2) throw new Error(`wire type ${tag & 7}`);
    fields.set(tag >> 3, data.subarray(at, at + size));
    at += size;
  }
  return fields;
}

function need(fields: Map<number, Buffer>, field: number): Buffer {
  const value = fields.get(field);
  if (value === undefined) throw new Error(`the hub left out field ${field}`);
  return value;
}

// Keys and signatures (sections 2, 4 and 8).

function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { x = "" } = publicKey.export({ format: "jwk" });
  const id = sha256(Buffer.from(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`));
  /** What is signed, and the signature, of a JWS. */
  const signed = (typ: string, payload: Uint8Array | string) => {
    const input = `${b64url(`{"alg":"EdDSA","kid":"${b64url(id)}","typ":"${typ}"}`)}.${b64url(payload)}`;
    return { input, signature: sign(null, Buffer.from(input), privateKey) };
  };
  const jws = (typ: string, payload: string) => {
    const { input, signature } = signed(typ, payload);
    return `${input}.${b64url(signature)}`;
  };
  return { id, publicKey: Buffer.from(x, "base64url"), signed, jws };
}

// gRPC over HTTP/2: a zero byte and a 32-bit length before each message.

/** Sends one message; resolves to the fields of the first answer that is wanted. */
function call(
  hub: string,
  method: string,
  message: Buffer,
  token?: string,
  isWanted: (fields: Map<number, Buffer>) => boolean = () => true,
): Promise<Map<number, Buffer>> {
  const session = connect(`http://${hub}`);
  const stream = session.request({
    ":method": "POST",
    ":path": `/tributary.v1.${method}`,
    "content-type": "application/grpc",
    te: "trailers",
    "grpc-timeout": "30S",
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  });
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  stream.write(Buffer.concat([head, message]));
  return new Promise<Map<number, Buffer>>((resolve, reject) => {
    let received = Buffer.alloc(0);
    const refused = (headers: object) => {
      const { "grpc-status": status, "grpc-message": said } = headers as Record<string, string>;
      if (status !== undefined)
        reject(new Error(`${method}: ${decodeURIComponent(said ?? status)}`));
    };
    session.on("error", reject);
    stream.on("error", reject);
    stream.on("response", refused);
    stream.on("trailers", refused);
    stream.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 5 && received.length >= 5 + received.readUInt32BE(1)) {
        const end = 5 + received.readUInt32BE(1);
        const fields = fieldsOf(received.subarray(5, end));
        received = received.subarray(end);
        if (isWanted(fields)) resolve(fields);
      }
    });
    // A unary call ends with its message; the stream of batches stays open for the receipt.
    if (token === undefined) stream.end();
  }).finally(() => session.destroy());
}

// The hub's proof that the batch is in its log (section 6).

/** @returns The size of the log under the checkpoint. */
function verifyReceipt(receipt: Map<number, Buffer>, header: Buffer, code: JoinCode): number {
  const entry = need(receipt, 1);
  if (!need(fieldsOf(entry), 3).equals(header)) throw new Error("the receipt is of another batch");
  const [proof = "", note = "", signatures = ""] = need(receipt, 2).toString().split("\n\n");
  const [kind, index = "", ...path] = proof.split("\n");
  const [origin, size = "", root = ""] = note.split("\n");
  if (kind !== "c2sp.org/tlog-proof@v1" || origin !== code.origin) throw new Error("another log");
  const [name, hash, ...rest] = code.vkey.split("+");
  const [, signature = ""] = signatures.split(`— ${name} `);
  const signed = Buffer.from(signature.split("\n")[0] ?? "", "base64");
  const x = b64url(Buffer.from(rest.join("+"), "base64").subarray(1));
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  if (
    signed.subarray(0, 4).toString("hex") !== hash ||
    !verify(null, Buffer.from(`${note}\n`), key, signed.subarray(4))
  ) {
    throw new Error("the hub did not sign the checkpoint");
  }
  let node = sha256(Buffer.of(0), entry);
  let at = Number(index.split(" ")[1]);
  let last = Number(size) - 1;
  for (const sibling of path.map((line) => Buffer.from(line, "base64"))) {
    if (last === 0) throw new Error("the path is too long");
    if (at % 2 === 1 || at === last) {
      node = sha256(Buffer.of(1), sibling, node);
      for (; at % 2 === 0 && at > 0; at /= 2) last = Math.floor(last / 2);
    } else node = sha256(Buffer.of(1), node, sibling);
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0 || node.toString("base64") !== root) throw new Error("the path leads elsewhere");
  return Number(size);
}

interface JoinCode {
  readonly hub: string;
  readonly origin: string;
  readonly vkey: string;
  readonly center: string;
  readonly secret: string;
}

const line = (await text(process.stdin)).trim();
const code = JSON.parse(Buffer.from(line.split(".")[1] ?? "", "base64url").toString()) as JoinCode;
const { hub, origin, center } = code;
const key = newKey();
const recovery = newKey();

const asked = await call(hub, "MemberService/RequestChallenge", bytes(1, center));
const statement = JSON.stringify({
  origin,
  center,
  key: b64url(key.publicKey),
  recovery: b64url(recovery.publicKey),
  challenge: b64url(need(asked, 1)),
});
const join = [
  bytes(1, center),
  bytes(2, code.secret),
  bytes(3, key.publicKey),
  bytes(4, recovery.publicKey),
  bytes(5, key.jws("tributary-join+jws", statement)),
];
await call(hub, "MemberService/Join", Buffer.concat(join));

const record = Buffer.concat([
  ...[bytes(1, randomBytes(16)), number(2, 3), bytes(3, "first")], // salt, a case, its key
  ...[number(4, 1), number(5, 1), number(6, 1)], // upsert, revision 1, public
  ...[bytes(8, "CC-BY-4.0"), bytes(10, bytes(1, "陌生语言写成的代理"))], // license, a Case with a title
]);
const feed = randomBytes(16);
const header = Buffer.concat([
  ...[bytes(1, origin), bytes(2, center), bytes(3, key.id), bytes(4, feed)],
  ...[bytes(6, Buffer.alloc(32)), number(8, 1), bytes(9, sha256(Buffer.of(0), record))],
  ...[number(10, Date.now()), number(11, 2)], // seq and first_record_seq are 0; the snapshot ends
]);
const length = Buffer.alloc(4);
length.writeUInt32BE(record.length);
const batch = Buffer.concat([
  bytes(1, header),
  bytes(2, key.signed("tributary-batch+jws", header).signature),
  bytes(3, Buffer.concat([length, record])),
]);
const iat = Math.floor(Date.now() / 1_000);
const claims = { iss: center, sub: center, aud: origin, iat, exp: iat + 300 };
const token = key.jws("tributary-caller+jwt", JSON.stringify(claims));
// The hub grants credit first; an answer with a receipt or a refusal is the one that counts.
const publish = bytes(1, batch);
const answer = await call(
  hub,
  "IngestService/Publish",
  publish,
  token,
  (f) => f.has(3) || f.has(4),
);
const refusal = answer.get(4);
if (refusal !== undefined) throw new Error(need(fieldsOf(refusal), 2).toString());
const size = verifyReceipt(fieldsOf(need(answer, 3)), header, code);
console.log(JSON.stringify({ center, key: "first", feed: feed.toString("hex"), size }));
