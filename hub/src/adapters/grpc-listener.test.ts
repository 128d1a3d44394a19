import { mkdtempSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { ManualClock, systemClock, type TributaryError } from "@tributary/proto";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { certified, testAuthority } from "../../test/support/tls-authority.ts";
import { nameOf } from "./connection-bound.ts";
import { type GrpcListener, type GrpcListenerOptions, listenForGrpc } from "./grpc-listener.ts";
import { TlsIdentity } from "./tls-identity.ts";
import type { CertifiedKey, X509Authority } from "./x509-authority.ts";

const NAMES = { centerId: "aa", keyId: new Uint8Array(32).fill(7) };

let authority: X509Authority;
const opened: GrpcListener[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  authority = await testAuthority();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const listener of opened.splice(0)) {
    listener.cut();
    await listener.stop();
  }
});

describe("a TLS connection", () => {
  test("shows the center and the key of a certificate of this hub, until when", async () => {
    const { listener, accepted } = await listen();
    await dial(listener, await certified(authority, NAMES));
    expect(listener.peerOf(nameOf(await accepted.promise))?.certificate).toMatchObject({
      ...NAMES,
      expiresAtMs: expect.toSatisfy((ms) => ms > Date.now()),
    });
  });

  test.each([
    ["without a certificate", async () => undefined],
    ["of another authority", async () => certified(await testAuthority(), NAMES)],
    ["of the hub's port", async () => authority.issueForHub(["aa"])],
  ])("%s shows no center, and is served", async (_, own) => {
    const { listener, accepted } = await listen();
    const socket = await dial(listener, await own());
    expect(listener.peerOf(nameOf(await accepted.promise))).toEqual({ certificate: undefined });
    expect(socket.alpnProtocol).toBe("h2");
  });

  test("of a center whose certificate has ended says so", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tributary-ca-"));
    const today = await testAuthority({ folder });
    const long = new ManualClock(Date.now() - 3_600_000);
    const ended = await certified(await testAuthority({ folder, clock: long }), NAMES);
    const { listener, accepted } = await listen({}, today);
    await dial(listener, ended, today);
    const peer = listener.peerOf(nameOf(await accepted.promise));
    expect(peer?.certificate).toMatchObject(NAMES);
    expect(peer?.certificate?.expiresAtMs).toBeLessThan(Date.now());
  });

  test("of a center whose certificate another authority issued shows none, whichever of the two has ended", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tributary-ca-"));
    const long = new ManualClock(Date.now() - 30 * 365 * 86_400_000);
    const endedAuthority = await testAuthority({ folder, clock: long });
    const endedBoth = await certified(endedAuthority, NAMES);
    const endedIssuer = await certified(await testAuthority({ folder }), NAMES);
    for (const { certificate, key } of [endedBoth, endedIssuer]) {
      const { listener, accepted } = await listen();
      await dial(listener, { certificate: certificate + endedAuthority.certificate, key });
      expect(listener.peerOf(nameOf(await accepted.promise))).toEqual({ certificate: undefined });
    }
  });

  test("is of the hub only: a center's certificate does not pass for the hub's", async () => {
    const current = await certified(authority, NAMES);
    const tls = { current, clientAuthority: authority.certificate, onChange: () => undefined };
    const { listener } = await listen({ tls });
    await expect(dial(listener)).rejects.toMatchObject({
      code: expect.stringMatching(/INVALID_PURPOSE|ERR_TLS_CERT_ALTNAME_INVALID/),
    });
  });

  test("is not trusted under another authority", async () => {
    const { listener } = await listen();
    await expect(dial(listener, undefined, await testAuthority())).rejects.toThrow(/certificate/);
  });
});

test("a port without TLS knows of no certificate", async () => {
  const { listener, accepted } = await listen({ tls: undefined });
  await plain(listener);
  expect(listener.peerOf(nameOf(await accepted.promise))).toBeUndefined();
});

test("a caller without TLS does not get through a TLS port", async () => {
  const { listener } = await listen();
  const socket = await plain(listener);
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  await closed(socket);
  await dial(listener); // and the port goes on
});

describe("connections beyond the bound", () => {
  test("from one address are told the limit and its value, and get in again when one has closed", async () => {
    const limits = { total: 100, perAddress: 2 };
    const { listener, connections } = await listen({ tls: undefined, limits });
    const first = await plain(listener);
    await plain(listener);
    await plain(listener);
    await expect.poll(() => connections.length).toBe(3);
    const refusals = connections.map((socket) => refusalOf(listener, socket));
    expect(refusals.filter(Boolean)).toHaveLength(1);
    expect(refusals.find(Boolean)).toMatchObject({
      code: "ERR_OVERLOADED",
      details: { limitName: "connections_per_address", limitValue: 2 },
    });
    first.destroy();
    await expect.poll(() => connections.filter((socket) => !socket.destroyed).length).toBe(2);
    await plain(listener);
    await expect.poll(() => connections.length).toBe(4);
    expect(refusalOf(listener, connections[3] as Socket)).toBeUndefined();
  });

  test("to the port are told of its limit", async () => {
    const limits = { total: 1, perAddress: 100 };
    const { listener, connections } = await listen({ tls: undefined, limits });
    await plain(listener);
    await plain(listener);
    await expect.poll(() => connections.length).toBe(2);
    expect(connections.map((socket) => refusalOf(listener, socket)).find(Boolean)).toMatchObject({
      details: { limitName: "connections", limitValue: 1 },
    });
  });

  test("are cut where too many are told of it already", async () => {
    const limits = { total: 100, perAddress: 1 };
    const { listener, connections } = await listen({ tls: undefined, limits });
    for (let i = 0; i < 17; i += 1) await plain(listener);
    await closed(await plain(listener));
    expect(connections).toHaveLength(17);
  });
});

test("the port shows a new certificate to new connections", async () => {
  let now = Date.now() - 21 * 86_400_000;
  const clock = { now: () => now, sleep: systemClock.sleep.bind(systemClock) };
  const own = await testAuthority({ clock });
  const identity = await TlsIdentity.open({
    authority: own,
    files: undefined,
    hosts: ["127.0.0.1"],
    clock,
    onFailed: () => undefined,
  });
  const { listener } = await listen({ tls: identity }, own);
  const serial = async () =>
    (await dial(listener, undefined, own)).getPeerCertificate().serialNumber;
  const before = await serial();
  expect(await identity.look()).toBe(false);
  expect(await serial()).toBe(before);
  now += 21 * 86_400_000;
  expect(await identity.look()).toBe(true);
  expect(await serial()).not.toBe(before);
});

async function listen(
  options: Partial<GrpcListenerOptions> = {},
  of: X509Authority = authority,
): Promise<{
  readonly listener: GrpcListener;
  readonly accepted: PromiseWithResolvers<Socket>;
  readonly connections: Socket[];
}> {
  const accepted = Promise.withResolvers<Socket>();
  const connections: Socket[] = [];
  const current = await of.issueForHub(["localhost", "127.0.0.1"]);
  const listener = await listenForGrpc({
    host: "127.0.0.1",
    port: 0,
    tls: { current, clientAuthority: of.certificate, onChange: () => undefined },
    limits: { total: 100, perAddress: 100 },
    onConnection: (socket) => {
      socket.on("error", () => undefined);
      connections.push(socket);
      accepted.resolve(socket);
    },
    ...options,
  });
  opened.push(listener);
  return { listener, accepted, connections };
}

function dial(
  { port }: GrpcListener,
  own?: CertifiedKey,
  trusted: X509Authority = authority,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host: "127.0.0.1",
      port,
      ca: trusted.certificate,
      ...(own && { cert: own.certificate, key: own.key }),
      ALPNProtocols: ["h2"],
    });
    sockets.push(socket);
    socket.once("secureConnect", () => resolve(socket));
    socket.on("error", reject);
  });
}

function plain({ port }: GrpcListener): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, "127.0.0.1", () => resolve(socket));
    socket.on("error", () => undefined);
    socket.resume();
    sockets.push(socket);
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    socket.once("close", () => resolve());
  });
}

function refusalOf(listener: GrpcListener, socket: Socket): TributaryError | undefined {
  try {
    listener.peerOf(nameOf(socket));
    return undefined;
  } catch (error) {
    return error as TributaryError;
  }
}
