import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCertificateNames } from "@tributary/proto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testAuthority } from "../../test/support/tls-authority.ts";
import { TlsIdentity } from "./tls-identity.ts";

const NAMES = { centerId: "center-a", keyId: new Uint8Array(32).fill(9) };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tributary-ca-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const spki = (curve: string) =>
  new Uint8Array(
    generateKeyPairSync("ec", { namedCurve: curve }).publicKey.export({
      format: "der",
      type: "spki",
    }),
  );

describe("the hub's authority", () => {
  test("is made once, for its owner only, and issues for a center what its certificate verifies", async () => {
    const first = await testAuthority({ folder });
    for (const file of ["ca.key", "ca.crt"]) {
      expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
    }
    const again = await testAuthority({ folder });
    expect(again.certificate).toBe(first.certificate);
    const issued = new X509Certificate(await again.issue(NAMES, spki("P-256")));
    const ca = new X509Certificate(first.certificate);
    expect(issued.verify(ca.publicKey)).toBe(true);
    expect(issued.checkIssued(ca)).toBe(true);
    expect(issued.ca).toBe(false);
    expect(issued.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(readCertificateNames(issued.subjectAltName ?? "")).toEqual(NAMES);
    const lifeMs = issued.validToDate.getTime() - issued.validFromDate.getTime();
    expect(lifeMs).toBe(60_000);
  });

  test("gives the hub's port its names, and only the use of a server", async () => {
    const authority = await testAuthority({ folder });
    const { certificate } = await authority.issueForHub(["hub.example.org", "127.0.0.1", "::1"]);
    const issued = new X509Certificate(certificate);
    expect(issued.checkHost("hub.example.org")).toBe("hub.example.org");
    expect(issued.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(issued.checkHost("other.example.org")).toBeUndefined();
    expect(issued.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(readCertificateNames(issued.subjectAltName ?? "")).toBeUndefined();
  });

  test.each([
    ["no key at all", new Uint8Array([1, 2, 3])],
    ["nothing", new Uint8Array()],
    ["a key on another curve", spki("P-384")],
  ])("certifies no key that is %s", async (_, key) => {
    const authority = await testAuthority({ folder });
    await expect(authority.issue(NAMES, key)).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
  });

  test.each([
    ["without its key", () => rmSync(join(folder, "ca.key"))],
    ["damaged", () => writeFileSync(join(folder, "ca.crt"), "x")],
  ])("is not made anew where it is %s, since centers trust the one that was", async (_, harm) => {
    await testAuthority({ folder });
    harm();
    await expect(testAuthority({ folder })).rejects.toMatchObject({ code: "ERR_CONFIG_INVALID" });
  });

  test("with the key of another is told", async () => {
    await testAuthority({ folder });
    const key = readFileSync(join(folder, "ca.key"));
    rmSync(join(folder, "ca.key"));
    rmSync(join(folder, "ca.crt"));
    await testAuthority({ folder });
    writeFileSync(join(folder, "ca.key"), key);
    await expect(testAuthority({ folder })).rejects.toMatchObject({ code: "ERR_CONFIG_INVALID" });
  });
});

describe("the operator's files", () => {
  test("are shown, read anew when they change, and shown on when they become unusable", async () => {
    const authority = await testAuthority({ folder });
    const files = { certificate: join(folder, "own.crt"), key: join(folder, "own.key") };
    const write = async () => {
      const made = await authority.issueForHub(["hub.example.org"]);
      writeFileSync(files.certificate, made.certificate);
      writeFileSync(files.key, made.key);
      return made;
    };
    const first = await write();
    const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
    const options = { authority, files, hosts: [], clock, onFailed: () => undefined };
    const identity = await TlsIdentity.open(options);
    expect(identity.current).toEqual(first);
    expect(await identity.look()).toBe(false);
    const second = await write();
    expect(await identity.look()).toBe(true);
    writeFileSync(files.key, first.key);
    await expect(identity.look()).rejects.toMatchObject({ code: "ERR_CONFIG_INVALID" });
    expect(identity.current).toEqual(second);
    await expect(TlsIdentity.open(options)).rejects.toMatchObject({ code: "ERR_CONFIG_INVALID" });
  });
});
