import { describe, expect, test } from "vitest";
import { NO_AUDIENCE, widen } from "./verdict.ts";

describe("an audience", () => {
  test("only grows", () => {
    const some = widen(NO_AUDIENCE, "centers", ["bb"]);
    expect(some).toEqual({ widest: "centers", centers: ["bb"] });
    const more = widen(some, "centers", ["aa", "bb"]);
    expect(more).toEqual({ widest: "centers", centers: ["aa", "bb"] });
    const members = widen(more, "members", []);
    expect(members).toEqual({ widest: "members", centers: [] });
    expect(widen(members, "centers", ["cc"])).toEqual(members);
    const everybody = widen(members, "public", []);
    expect(everybody).toEqual({ widest: "public", centers: [] });
    expect(widen(everybody, "members", [])).toEqual(everybody);
  });

  test("has a bound, however many centers a record names over its revisions", () => {
    let audience = NO_AUDIENCE;
    for (let revision = 0; revision < 6; revision += 1) {
      const centers = Array.from({ length: 256 }, (_, i) => `c${revision}x${i}`);
      audience = widen(audience, "centers", centers);
    }
    expect(audience.centers.length).toBe(1024);
  });
});
