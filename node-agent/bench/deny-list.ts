/**
 * How long does it take to look for everything that a center knows of 10,000 clients in a text of 300 characters?
 *
 * Usage: npm run bench -- deny-list [--clients 10000]
 *
 * @module
 */

import { parseArgs } from "node:util";
import { median, quantile, report } from "../../.tools/bench-report.ts";
import type { ClientFacts } from "../src/privacy/client-names.ts";
import { denyListOf } from "../src/privacy/deny-list.ts";

const { values } = parseArgs({ options: { clients: { type: "string", default: "10000" } } });
const count = Number(values.clients);
const FIRST = "青鼎宏瑞景恒盛嘉晟昊泽润禾诚达远辉腾跃飞翔凌峰岭泉溪川海洋";
const TRADES = ["机械", "电子科技", "五金制品", "智能制造", "食品", "家具", "精密模具", "新材料"];
const PLACES = ["赣州", "宁波市", "深圳市", "江西", "昆山", "余姚"];

let state = 1;
/** A repeatable number in [0, below), by the multiplier of Park & Miller. */
function next(below: number): number {
  state = (state * 48_271) % 2_147_483_647;
  return state % below;
}

const pick = (from: string | readonly string[]) => from[next(from.length)] as string;
const clients: ClientFacts[] = Array.from({ length: count }, (_, i) => ({
  legalName: `${pick(PLACES)}${pick(FIRST)}${pick(FIRST)}${next(2) === 0 ? pick(FIRST) + pick(FIRST) : ""}${pick(TRADES)}有限公司`,
  names: [`brand${i}`, `GZ${i}`],
  people: [`张${pick(FIRST)}${pick(FIRST)}`],
  phones: [`0797${10_000_000 + i}`],
}));
const texts = Array.from({ length: 200 }, () =>
  "车间换型时间由两小时缩短到四十分钟，计划员每天早上看一张表，质检数据当场进系统。"
    .repeat(8)
    .slice(0, 292)
    .concat(pick(FIRST), pick(FIRST), "的产线已验收"),
);

const before = process.memoryUsage().heapUsed;
const builtAt = performance.now();
const { find } = denyListOf(clients);
const buildMs = performance.now() - builtAt;
const times = texts.map((text) => {
  const startedAt = performance.now();
  find(text);
  return performance.now() - startedAt;
});
report("deny-list", {
  clients: count,
  build_ms: buildMs,
  text_ms_p50: median(times),
  text_ms_p95: quantile(times, 0.95),
  heap_mib: (process.memoryUsage().heapUsed - before) / 2 ** 20,
});
