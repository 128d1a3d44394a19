import { expect, test } from "vitest";
import type { AgentStatus } from "../cli/status-operation.ts";
import { overviewPage } from "./overview-page.ts";
import type { View } from "./page.ts";

const STATUS: AgentStatus = {
  version: "1",
  center: "center-a",
  hub: "hub.example:1",
  checkCode: "7K2MQ9",
  isRunning: true,
  summary: { what: { en: "well", zh: "好" }, turn: "nobody" },
  feed: {
    id: "00",
    ordinal: 1,
    reason: "first",
    nextSeq: "0",
    isSnapshotOpen: false,
    outboxBatches: 0,
    outboxBytes: 0,
    maxOutboxBytes: 1,
  },
  sources: [],
};

test("the overview counts receipts by their witnesses in both languages, where the settings ask for some", () => {
  const page = (language: View["language"], quorum?: AgentStatus["quorum"]) => {
    const view: View = { language, theme: "light", root: "/", here: "", back: "" };
    const status = { ...STATUS, ...(quorum && { quorum }) };
    return overviewPage(view, { sourceIds: [], status, broken: [] });
  };
  const quorum = { final: 5, pendingWitness: 2, size: 9, atMs: 0, ageMs: 61_000 };
  expect(page("en", quorum)).toMatch(/5 final, 2 pending-witness.*61 s ago/s);
  expect(page("zh", quorum)).toMatch(/5 份最终有效，2 份等待见证.*61 秒前/s);
  expect(page("en", { ...quorum, ageMs: 600_000 })).toContain("10 min ago");
  expect(page("en", { final: 0, pendingWitness: 0, size: 0 })).toContain("none yet");
  expect(page("en")).not.toContain("pending-witness");
});

test("the overview says in both languages what the hub holds back", () => {
  const held = { feedId: "ab".repeat(16), position: 41, omitted: 17, kept: 3, sinceMs: 5 };
  const page = (language: View["language"], status: AgentStatus) => {
    const view: View = { language, theme: "light", root: "/", here: "", back: "" };
    return overviewPage(view, { sourceIds: [], status, broken: [] });
  };
  expect(page("en", { ...STATUS, held })).toMatch(/log entry 41.*3 of 20 records; the other 17/);
  expect(page("zh", { ...STATUS, held })).toMatch(/日志第 41 条.*20 条记录中的 3 条；其余 17 条/);
  expect(page("en", STATUS)).not.toContain("held at the hub");
});

test("the overview says of each source what the hub has accepted, and what waits", () => {
  const source = { id: "ledger", state: "ok", published: 40, waiting: 17 } as const;
  const page = (language: View["language"]) => {
    const view: View = { language, theme: "light", root: "/", here: "", back: "" };
    const status = { ...STATUS, sources: [source] };
    return overviewPage(view, { sourceIds: ["ledger"], status, broken: [] });
  };
  expect(page("en")).toMatch(/Published<\/dt><dd>40<.*Waiting<\/dt><dd>17</s);
  expect(page("zh")).toMatch(/已发布<\/dt><dd>40<.*待发<\/dt><dd>17</s);
});
