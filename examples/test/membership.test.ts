import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type DecisionView, openOffboarding } from "@tributary/proto";
import { type Client, createClient, verifyEvidence } from "@tributary/sdk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HubProcess, runHubCommand } from "../../hub/test/support/hub-process.ts";
import { PROVIDERS_MAPPING } from "../../node-agent/test/agent-process.ts";
import { runCommand } from "../federation/processes.ts";

const CENTER = "center-a";

describe("a membership, with a real hub and a real agent", () => {
  let folder: string;
  let hub: HubProcess;
  let sdk: Client;
  const hubFolder = () => join(folder, "hub");
  const agentFolder = () => join(folder, "agent");

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "tributary-members-"));
    await hubCommand("init", "--data", hubFolder());
    hub = await HubProcess.start(hubFolder());
    sdk = createClient({ url: `grpc://${hub.up.grpc}` });
    await agent("init");
    mkdirSync(join(agentFolder(), "mappings"), { recursive: true });
    writeFileSync(join(agentFolder(), "mappings", "providers.yaml"), PROVIDERS_MAPPING);
    await join_();
    await write("甲", "乙");
    await agent("run", "--once");
  });
  afterEach(async () => {
    sdk?.close();
    await hub?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  async function hubCommand(...args: string[]) {
    const { status, stdout, stderr } = await runHubCommand(args);
    if (status !== 0) throw new Error(`hub ${args[0]} ended with ${status}: ${stderr}`);
    return stdout;
  }

  /** Without a folder where `init` names one. */
  async function agent(...args: string[]): Promise<string> {
    const where = args[0] === "init" ? [agentFolder()] : ["--folder", agentFolder()];
    return runCommand("agent", [...args, ...where], { folder });
  }

  async function join_(...more: string[]) {
    const invite = ["invite", "--center", CENTER, "--name", "甲中心", "--preapproved"];
    const code = await hubCommand(...invite, "--data", hubFolder());
    await runCommand("agent", ["join", ...more, "--folder", agentFolder()], {
      folder,
      input: code,
    });
  }

  async function write(...names: string[]) {
    const rows = names.map((name, i) => `${i + 1},${name}\n`);
    writeFileSync(join(agentFolder(), "providers.csv"), `编号,名称\n${rows.join("")}`);
  }

  const shown = async () => (await sdk.search("", { filters: { center: CENTER } })).total;
  const urn = (key: string) => `urn:dth:${CENTER}:provider:${key}`;
  const signerOf = async (key: string) => {
    const { origin, vkey } = hub.up;
    const verified = await verifyEvidence(await sdk.evidence(urn(key)), { origin, vkey });
    return Buffer.from(verified.keyId).toString("base64url");
  };
  const status = async () => JSON.parse(await agent("status", "--json"));

  /** Stops the hub and has it check the whole log. */
  async function checkHub() {
    sdk.close();
    await hub[Symbol.asyncDispose]();
    await hubCommand("fsck", "--data", hubFolder());
  }

  test("goes on at another address of the hub, and not at that of another hub", async () => {
    await expect.poll(shown).toBe(2);
    const other = join(folder, "other-hub");
    await hubCommand("init", "--data", other);
    await using stranger = await HubProcess.start(other);
    await expect(agent("moved", stranger.up.grpc)).rejects.toThrow("ERR_TOKEN_INVALID");
    await expect(agent("moved", "hub.example")).rejects.toThrow("ERR_ARGUMENT_INVALID");
    const before = hub.up.grpc;
    sdk.close();
    await hub[Symbol.asyncDispose]();
    hub = await HubProcess.start(hubFolder());
    sdk = createClient({ url: `grpc://${hub.up.grpc}` });
    expect(hub.up.grpc).not.toBe(before);
    expect(JSON.parse(await agent("moved", hub.up.grpc, "--json"))).toMatchObject({
      hub: hub.up.grpc,
      was: before,
    });
    await write("甲", "乙", "丙");
    await agent("run", "--once");
    await expect.poll(shown).toBe(3);
  });

  test("hears which terms the hub has added and deprecated, and maps by them at the next run", async () => {
    await expect.poll(shown).toBe(2);
    const term = (...args: string[]) =>
      hubCommand("curation", "term", ...args, "--reason", "试", "--data", hubFolder());
    await term("systemType", "twin_base", "--zh", "孪生底座", "--en", "Twin base");
    await term("systemType", "mes", "--deprecate", "twin_base");
    const listed = await hubCommand("curation", "terms", "--lang", "en", "--data", hubFolder());
    expect(listed).toMatch(/twin_base .* Twin base .* new /);
    expect(listed).toMatch(/mes .* deprecated, use twin_base /);
    const mapped = `${PROVIDERS_MAPPING}      systems: 系统\n`;
    writeFileSync(join(agentFolder(), "mappings", "providers.yaml"), mapped);
    writeFileSync(
      join(agentFolder(), "providers.csv"),
      "编号,名称,系统\n1,甲,孪生底座\n2,乙,MES\n",
    );
    const heard = async () =>
      (await agent("check", "--json")).match(/"vocabulary":\{"terms":(\d)/)?.[1];
    await expect.poll(heard).toBe("2");
    const rows = (await agent("preview", "--json")).trim().split("\n");
    const [first, second] = rows.map((row) => JSON.parse(row));
    expect(first.after).toMatchObject({ systems: ["twin_base"] });
    expect(second).toMatchObject({
      after: { systems: ["mes"] },
      problems: [{ rule: "word.retired", message: expect.stringContaining("twin_base") }],
    });
    await agent("run", "--once");
    const found = async () => (await sdk.search("孪生底座")).total;
    await expect.poll(found).toBe(1);
  });

  test("lets the center object to a decision with its own key, and hear the answer", async () => {
    await expect.poll(shown).toBe(2);
    const decide = async (...args: string[]) =>
      JSON.parse(await hubCommand("curation", ...args, "--json", "--data", hubFolder()));
    const heard = async (): Promise<DecisionView[]> =>
      (await agent("decisions", "--json"))
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    const objection = async () => {
      const said = (await heard()).find(({ action }) => action === "object");
      return [said?.standing, said?.answer];
    };
    const { position } = await decide("hide", urn("1"), "--reason", "疑似重复");
    await expect
      .poll(async () => (await heard()).map(({ reason }) => reason))
      .toEqual(["疑似重复"]);
    await agent("object", String(position), "--reason", "并非重复");
    await expect(agent("object", String(position), "--reason", "并非重复")).rejects.toThrow(
      "ERR_ALREADY_EXISTS",
    );
    const waiting = async () => (await decide("list", "--reason", "objection")).items;
    await expect.poll(async () => (await waiting()).length).toBe(1);
    const [item] = await waiting();
    expect(item.detail).toBe(`#${position} hide: 并非重复`);
    // The item's own commands, as an operator would copy them.
    const follow = (at: number, reason: string) =>
      decide(...item.answers[at].command.replace("REASON", reason).split(" ").slice(2));
    const declined = await follow(1, "名称与代码相同");
    await expect.poll(objection).toEqual(["declined", "名称与代码相同"]);
    expect(await waiting()).toEqual([]);
    await decide("undo", String(declined.position), "--reason", "再看一次");
    await expect.poll(async () => (await waiting()).length).toBe(1);
    await follow(0, "已核实");
    await expect.poll(objection).toEqual(["accepted", "已核实"]);
    await expect.poll(shown).toBe(2);
    await checkHub();
  });

  test("lets the center confirm with its own key that what a snapshot leaves out is meant to go", async () => {
    await write(..."甲乙丙丁戊己庚辛壬癸");
    await agent("run", "--once");
    await expect.poll(shown, { timeout: 20_000 }).toBe(10);
    // Reinstalled: the keys are there, and nothing that the agent knew of its rows.
    for (const name of ["store", "feed.mark"]) {
      rmSync(join(agentFolder(), "data", name), { recursive: true, force: true });
    }
    await write("甲", "乙");
    const held = async () => {
      await agent("run", "--once");
      return (await status()).held;
    };
    await expect.poll(held, { timeout: 30_000 }).toMatchObject({ omitted: 8, kept: 2 });
    const { summary, held: told } = await status();
    expect(summary).toMatchObject({ code: "ERR_MASS_CHANGE", turn: "center" });
    const confirm = ["resume", "--accept-mass-change", "--held"];
    const command = `${confirm.join(" ")} ${told.position}`;
    expect(await agent("status", "--lang", "en")).toContain(
      `8 stay published. If they are meant to go: tributary-agent ${command}`,
    );
    expect(await agent("status", "--lang", "zh")).toContain(command);
    // Publishing goes on, and nothing is withdrawn.
    await write("甲", "乙改");
    await agent("run", "--once");
    await expect.poll(async () => (await sdk.search("乙改")).total, { timeout: 20_000 }).toBe(1);
    expect(await shown()).toBe(10);
    await expect(agent("resume", "--accept-mass-change")).rejects.toThrow("ERR_ARGUMENT_INVALID");
    await expect(agent("resume", "--held", "1")).rejects.toThrow("ERR_ARGUMENT_INVALID");
    await expect(agent(...confirm, "1")).rejects.toThrow("ERR_NOT_FOUND");
    const said = JSON.parse(
      await agent(...confirm, String(told.position), "--reason", "旧系统已停用", "--json"),
    );
    expect(said).toMatchObject({ held: told.position, omitted: 8 });
    await expect.poll(shown, { timeout: 20_000 }).toBe(2);
    const decisions = await hubCommand("curation", "decisions", "--json", "--data", hubFolder());
    expect(decisions).toMatch(new RegExp(`"action":"confirm".*"actor":"${CENTER}".*旧系统已停用`));
    expect(await agent("decisions")).toContain("旧系统已停用");
    await expect(agent(...confirm, String(told.position))).rejects.toThrow("ERR_NOT_FOUND");
    await agent("run", "--once");
    expect((await status()).held).toBeUndefined();
    await hubCommand("log", "audit", "--data", hubFolder());
    await checkHub();
    await hubCommand("log", "audit", "--records", "--data", hubFolder());
  });

  test("gives the center a copy of the catalog that it can ask by itself", async () => {
    const to = join(folder, "copy");
    const mirror = (...more: string[]) =>
      agent("mirror", "--to", to, "--once", "--kind", "provider", "--format", "csv", ...more);
    await expect.poll(shown, { timeout: 20_000 }).toBe(2);
    expect(JSON.parse(await mirror("--json"))).toMatchObject({ event: "whole", records: 2 });
    const titles = () => {
      const database = new DatabaseSync(join(to, "catalog.sqlite"), { readOnly: true });
      const rows = database.prepare("SELECT title FROM records ORDER BY key").all();
      database.close();
      return rows.map(({ title }) => title);
    };
    expect(titles()).toEqual(["甲", "乙"]);
    await write("甲", "乙改");
    await agent("run", "--once");
    await expect.poll(async () => (await sdk.search("乙改")).total, { timeout: 20_000 }).toBe(1);
    await mirror();
    expect(titles()).toEqual(["甲", "乙改"]);
    expect(readFileSync(join(to, "provider.csv"), "utf8")).toContain("乙改");
    await expect(agent("mirror", "--to", to, "--once")).rejects.toThrow(/copy of something else/);
    await expect(agent("mirror", "--to", to, "--kind", "nothing")).rejects.toThrow(/provider/);
  });

  test("ends when the center leaves: it takes its data home, and the hub signs that nothing is left", async () => {
    await write("甲", "=乙");
    await agent("run", "--once");
    await expect.poll(shown, { timeout: 20_000 }).toBe(2);
    const home = join(folder, "home");
    await expect(agent("leave", "--export", home)).rejects.toThrow(/--confirm center-a/);
    const left = JSON.parse(await agent("leave", "--export", home, "--confirm", CENTER, "--json"));
    expect(left).toMatchObject({
      records: 2,
      isClean: true,
      found: { catalogRecords: 0, indexDocuments: 0, entities: 0, versions: 3, contents: 0 },
    });
    expect(await shown()).toBe(0);
    const file = (name: string) => readFileSync(join(home, name), "utf8");
    const records = file("records.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(records.map(({ body }) => body.value.name)).toEqual(["甲", "=乙"]);
    // A spreadsheet must not run it.
    expect(file("provider.csv")).toMatch(/^\uFEFFurn,state,/);
    expect(file("provider.csv")).toMatch(/,"'=乙"\r\n$/);
    const [batch] = file("batches.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(batch.receipt).toMatch(/^c2sp.org\/tlog-proof@v1\n/);
    const { origin, vkey } = hub.up;
    const certificate = file("offboarding-certificate.txt");
    expect(await openOffboarding(certificate, { origin, vkey })).toMatchObject({ contents: 0 });

    await expect(agent("run", "--once")).rejects.toThrow(/ended with 4/);
    await expect(agent("leave", "--export", home, "--confirm", CENTER)).rejects.toThrow(
      /has files/,
    );
    await agent("leave", "--export", join(folder, "again"), "--confirm", CENTER);
    await checkHub();
  });

  test("goes on in its feed when the key changes while batches are on their way", async () => {
    const { feed } = await status();
    await expect.poll(shown, { timeout: 20_000 }).toBe(2);
    const old = await signerOf("1");
    await write("甲", "乙", "丙");
    const rotated = JSON.parse(await agent("keys", "rotate", "--json"));
    expect(rotated.isNewFeed).toBe(false);
    await agent("run", "--once");
    expect((await status()).feed.ordinal).toBe(feed.ordinal);
    await expect.poll(shown, { timeout: 20_000 }).toBe(3);
    // What the key before signed stays provable under it.
    expect(await signerOf("1")).toBe(old);
    expect(await signerOf("3")).toBe(rotated.keyId);
    await checkHub();
  });

  test("ends with a revocation, and begins anew with a key that nobody has seen", async () => {
    await expect.poll(shown, { timeout: 20_000 }).toBe(2);
    const revoked = await signerOf("1");
    const { feed } = await status();
    const decide = ["members", "revoke", CENTER, "--reason", "密钥外泄", "--data", hubFolder()];
    await hubCommand(...decide);
    await write("甲", "乙", "丙");
    await expect(agent("run", "--once")).rejects.toThrow(/密钥外泄|ended with 4/);
    await join_("--again");
    await agent("run", "--once");
    expect((await status()).feed).toMatchObject({ ordinal: feed.ordinal + 1, reason: "rekeyed" });
    await expect.poll(shown, { timeout: 20_000 }).toBe(3);
    const signer = await signerOf("1");
    expect(signer).not.toBe(revoked);
    expect(await signerOf("3")).toBe(signer);
    await agent("feed", "verify");
    // Likewise where the key is lost.
    rmSync(join(agentFolder(), "keys", "agent.jwk"));
    await join_("--again");
    await agent("run", "--once");
    await expect.poll(() => signerOf("1"), { timeout: 20_000 }).not.toBe(signer);
    await checkHub();
  });

  test("comes back with the recovery key when its key is lost, in a new feed", async () => {
    const { feed } = await status();
    rmSync(join(agentFolder(), "keys", "agent.jwk"));
    const recovery = join(agentFolder(), "keys", "recovery.jwk");
    const rotated = JSON.parse(await agent("keys", "rotate", "--json", "--recovery", recovery));
    expect(rotated.isNewFeed).toBe(true);
    await agent("run", "--once");
    const after = await status();
    expect(after.feed).toMatchObject({ ordinal: feed.ordinal + 1, reason: "rekeyed" });
    await expect.poll(() => signerOf("1"), { timeout: 20_000 }).toBe(rotated.keyId);
    expect(await shown()).toBe(2);
    await checkHub();
  });
});
