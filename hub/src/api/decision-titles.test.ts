import { describe, expect, test } from "vitest";
import { smallHub } from "../../test/support/small-hub.ts";
import { aCase, aRecord, SmallLog } from "../../test/support/small-log.ts";
import { titlesOf } from "./decision-titles.ts";

const SUBJECTS = ["urn:dth:aa:case:%E7%94%B2", "urn:dth:aa", "urn:dth:bb:case:2"];
const center = (centerId: string) => ({ principal: { type: "center", centerId } }) as const;

describe("titles of what decisions are about", () => {
  test("are those of the first records, in their order, and nothing for what is no record", async () => {
    const log = new SmallLog();
    for (const centerId of ["aa", "bb"]) log.member(centerId);
    log.batch("aa", [aRecord({ key: "甲", body: aCase("铜箔检测") })]);
    log.batch("bb", [aRecord({ key: "2", body: aCase("能耗诊断"), visibility: "members" })]);
    const { catalog, catchUp } = await smallHub(log);
    const operator = { principal: { type: "operator", name: "admin" } } as const;
    const lists = [SUBJECTS, [], [...SUBJECTS, SUBJECTS[0] as string]];
    expect(await titlesOf(catalog, lists, operator)).toEqual([
      ["铜箔检测", "", "能耗诊断"],
      [],
      ["铜箔检测", "", "能耗诊断"],
    ]);
    log.decide("hide", ["urn:dth:bb:case:2"]);
    await catchUp();
    expect(await titlesOf(catalog, [SUBJECTS], operator)).toEqual([["铜箔检测", "", "能耗诊断"]]);
    // What is hidden has a title for its own center, and for no other.
    expect(await titlesOf(catalog, [SUBJECTS], center("bb"))).toEqual([
      ["铜箔检测", "", "能耗诊断"],
    ]);
    expect(await titlesOf(catalog, [SUBJECTS], center("aa"))).toEqual([["铜箔检测", "", ""]]);
  });
});
