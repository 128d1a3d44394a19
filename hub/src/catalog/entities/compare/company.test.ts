import { describe, expect, test } from "vitest";
import { companyComparison } from "./company.ts";
import { MISSING } from "./comparison.ts";

const { levels, prepare, level, veto, keys } = companyComparison;

function compare(a: string, b: string): { readonly level: string; readonly veto?: string } {
  const left = prepare([a]);
  const right = prepare([b]);
  if (left === undefined || right === undefined) throw new TypeError("no name");
  const reached = level(left, right);
  expect(level(right, left)).toBe(reached);
  const reason = veto?.(left, right);
  expect(veto?.(right, left)).toBe(reason);
  const name = reached === MISSING ? "missing" : (levels[reached]?.name as string);
  return reason === undefined ? { level: name } : { level: name, veto: reason };
}

describe("two names of one company", () => {
  test.each([
    ["深圳市汇平智能科技有限公司", "深圳市匯平智能科技有限公司 ", "equal"],
    ["深圳市汇平智能科技有限公司", "汇平智能科技（深圳）有限公司", "core"],
    ["深圳市汇平智能科技有限公司", "汇平智能科技", "core"],
    ["深圳市汇平智能科技有限公司", "深圳市汇平智能科技股份有限公司", "core"],
    ["深圳市汇平智能科技有限公司", "深圳市惠平智能科技有限公司", "sound"],
    ["深圳市汇平智能科技有限公司", "汇平", "short"],
    ["深圳市汇平智能科技有限公司", "汇平科技", "short"],
    ["深圳市汇平智能科技有限公司", "汇平股份", "short"],
    ["深圳市汇平智能科技有限公司", "Huiping Technology Co., Ltd.", "romanised"],
    ["深圳市汇平智能科技有限公司", "Shenzhen Hui Ping Tech", "romanised"],
    ["中国联合网络通信有限公司", "中国联通", "abbreviation"],
    ["汇平天元智能科技有限公司", "汇平天源智能技有限公司", "close"],
    ["昆山伟诚精密模具有限公司", "伟诚精密模具有限公司", "short"],
    ["Huiping Technology Co., Ltd.", "Huiping Tech Limited", "core"],
    ["泰江网络（原：维泰江网络有限公司）", "维泰江网络有限公司", "equal"],
  ])("%s, %s: %s", (a, b, expected) => {
    expect(compare(a, b).level).toBe(expected);
  });
});

describe("relatives are left to a person", () => {
  test.each([
    ["深圳市汇平智能科技有限公司", "深圳市汇平智能科技有限公司赣州分公司", "branch"],
    ["汇平科技有限公司赣州分公司", "汇平科技有限公司吉安分公司", "branch"],
    ["深圳市汇平科技有限公司", "赣州市汇平科技有限公司", "place"],
    ["汇平智能科技有限公司", "汇平软件有限公司", "trade"],
    ["汇平科技有限公司", "汇平科技服务有限公司", "trade"],
    ["江西省第一建筑工程有限公司", "江西省第二建筑工程有限公司", "number"],
    ["华东勘察设计有限公司", "华南勘察设计有限公司", "number"],
  ])("%s and %s: %s", (a, b, expected) => {
    expect(compare(a, b).veto).toBe(expected);
  });

  test("a place inside the other is no contradiction", () => {
    expect(compare("广东汇平科技有限公司", "深圳汇平科技有限公司")).toEqual({ level: "core" });
  });
});

test("strangers differ, and a name in another script says nothing", () => {
  expect(compare("汇平科技有限公司", "艾浩机械有限公司").level).toBe("different");
  expect(compare("汇平科技有限公司", "Acme Ltd").level).toBe("missing");
});

test("homophones, traditional characters and pinyin share a key", () => {
  const keysOf = (name: string) =>
    new Set([...keys(prepare([name]) ?? [])].map((key) => `${key.kind} ${key.text}`));
  const own = keysOf("深圳市汇平智能科技有限公司");
  for (const other of ["惠平科技", "匯平", "Huiping Tech", "深圳市汇平"]) {
    expect(own.intersection(keysOf(other)).size, other).toBeGreaterThan(0);
  }
});
