import { readFileSync } from "node:fs";
import { decodeBody, sha256Text, toHex } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { GATE_VERSION, gateTableName, passGate } from "./gate.ts";
import { knownClientsDetector } from "./known-cells.ts";
import { MASK } from "./mask.ts";

describe("passGate", () => {
  test("masks in every text of the body, lists and nested values included, and counts by field", () => {
    const gated = passGate({
      kind: "provider",
      key: "p1",
      value: {
        name: "青禾智造（示例）科技有限公司",
        aliases: ["青禾 13800138000", "青禾智造"],
        products: [{ name: "排产云 QQ：123456789" }, { name: "检测站" }],
        selfDescription: "请电 13800138000 或 13900139000，邮箱 a@example.com",
      },
    });
    expect(gated.findings).toEqual([
      { field: "aliases", type: "mobile", count: 1 },
      { field: "products.name", type: "qq_id", count: 1 },
      { field: "selfDescription", type: "email", count: 1 },
      { field: "selfDescription", type: "mobile", count: 2 },
    ]);
    expect(decodeBody("provider", gated.body)).toEqual(gated.value);
    expect(gated.value).toMatchObject({
      aliases: [`青禾 ${MASK}`, "青禾智造"],
      selfDescription: `请电 ${MASK} 或 ${MASK}，邮箱 ${MASK}`,
    });
  });

  test("leaves a code of an organisation alone, also one that looks like a card number", () => {
    const value = { name: "青禾智造", uscc: "91360100MADEM00011" };
    expect(passGate({ kind: "provider", key: "91360100MADEM00011", value }).value).toEqual(value);
  });

  test("masks a resident id that stands where the code of an organisation should be", () => {
    const { findings } = passGate({
      kind: "provider",
      key: "p1",
      value: { name: "青禾智造", uscc: "11010519491231002X" },
    });
    expect(findings).toEqual([{ field: "uscc", type: "resident_id", count: 1 }]);
  });

  test("leaves the numbers of a page's address alone", () => {
    const value = { title: "通知", url: "https://gxt.example.gov.cn/art/6011000990139424.html" };
    expect(passGate({ kind: "policy", key: "k", value })).toMatchObject({ value, findings: [] });
  });

  test("refuses a key that is a personal number", () => {
    const request = { kind: "provider", key: "13800138000", value: { name: "青禾" } } as const;
    expect(() => passGate(request)).toThrow(expect.objectContaining({ code: "ERR_PRIVACY" }));
  });

  test("refuses a name that is nothing but a personal number", () => {
    const request = { kind: "provider", key: "k", value: { name: " 13800138000" } } as const;
    expect(() => passGate(request)).toThrow(expect.objectContaining({ code: "ERR_PRIVACY" }));
  });

  test("refuses a personal number in a field of codes", () => {
    const request = {
      kind: "provider",
      key: "k",
      value: { name: "青禾", region: "13800138000" },
    } as const;
    expect(() => passGate(request)).toThrow(expect.objectContaining({ code: "ERR_PRIVACY" }));
  });

  test("refuses outcomes, which leave only as sealed buckets", () => {
    const request = { kind: "outcome", key: "k", value: {} } as never;
    expect(() => passGate(request)).toThrow(expect.objectContaining({ code: "ERR_PRIVACY" }));
  });

  test("masks in the name of a sheet", () => {
    expect(gateTableName("张经理13800138000")).toBe(`张经理${MASK}`);
  });
});

describe("GATE_VERSION", () => {
  test("is raised whenever something comes out of the gate otherwise than before: raise it, then pin what it does", () => {
    const known = [knownClientsDetector(["赣州青禾智能制造有限公司", "欧阳静海", "13800138000"])];
    const lines = readFileSync(`${import.meta.dirname}/free-text.corpus.jsonl`, "utf8")
      .trim()
      .split("\n");
    const outcomes = lines.flatMap((line) => {
      const { text } = JSON.parse(line) as { readonly text: string };
      const scenarios = ["S20"];
      const client = { industry: "3670", region: "360702" };
      const money = { amount: 120, currency: "CNY" };
      return [
        {
          kind: "case",
          value: { title: "换线", painPoints: text, scenarios, client, investment: money },
        },
        {
          kind: "demand",
          value: { title: "换线", pains: text, scenarios, client, budget: money },
        },
        { kind: "provider", value: { name: "青禾智造", selfDescription: text } },
      ].map((request) => toHex(passGate({ key: "k1", ...request } as never, { known }).body));
    });
    const digest = toHex(sha256Text(outcomes.join("\n"))).slice(0, 16);
    expect({ version: GATE_VERSION, digest }).toEqual({ version: 2, digest: "298ef6cd0bb48e4b" });
  });
});
