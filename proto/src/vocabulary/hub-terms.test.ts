import { describe, expect, test } from "vitest";
import { type HubTerm, HubTerms, SHARED_TERMS } from "./hub-terms.ts";
import { matchTerm } from "./match.ts";
import { SCHEME_NAMES, scheme } from "./scheme.ts";

function term(code: string, some: Partial<HubTerm> = {}): HubTerm {
  const label = { zh: `词${code}`, en: `Word ${code}` };
  const plain = { scheme: "scenario", aliases: [], into: "", isDeprecated: false, successor: "" };
  return { ...plain, code, label, ...some };
}

describe("the vocabulary of a hub", () => {
  test("has its own terms, found by code, labels and further words", () => {
    const terms = new HubTerms([
      term("S41", { label: { zh: "碳足迹核算", en: "Carbon footprint" }, aliases: ["嘎嘎咕咕"] }),
    ]);
    for (const text of [
      "S41",
      "碳足迹核算",
      "carbon footprint",
      "嘎嘎咕咕",
      "我们的碳足迹核算项目",
    ]) {
      expect(terms.match("scenario", text)?.code).toBe("S41");
      expect(SHARED_TERMS.match("scenario", text)?.code).not.toBe("S41");
    }
    expect(terms.conceptOf("scenario", "S41")).toMatchObject({ zh: "碳足迹核算" });
    expect(terms.conceptOf("scenario", "S42")).toBeUndefined();
    expect(terms.match("systemType", "嘎嘎咕咕")).toBeUndefined();
  });

  test("knows a renamed term by its new words and by the shared ones", () => {
    const shared = scheme("scenario").concepts.find(({ code }) => code === "S11");
    const terms = new HubTerms([term("S11", { aliases: ["嘎嘎咕咕"] })]);
    for (const text of ["词S11", "嘎嘎咕咕", shared?.zh ?? "", shared?.aliases[0] ?? "S11"]) {
      expect(terms.match("scenario", text)?.code).toBe("S11");
    }
  });

  test("tells what is to be written instead of a merged or deprecated code", () => {
    const terms = new HubTerms([
      term("S11", { into: "S12" }),
      term("S13", { isDeprecated: true, successor: "S14" }),
      term("S15", { isDeprecated: true }),
      term("S16"),
    ]);
    const instead = ["S11", "S13", "S15", "S16", "S17"].map((code) =>
      terms.insteadOf("scenario", code),
    );
    // Its words mean what it was merged into.
    expect(terms.match("scenario", "词S11")?.code).toBe("S12");
    expect(terms.match("scenario", "S11")?.code).toBe("S12");
    expect(terms.match("scenario", "S13")?.code).toBe("S13");
    expect(instead).toEqual([{ code: "S12" }, { code: "S14" }, { code: "" }, undefined, undefined]);
  });

  test("is told from another by whatever a mapping depends on, and not by order", () => {
    const [a, b] = [term("S11"), term("S12")];
    expect(new HubTerms([a, b]).id).toBe(new HubTerms([b, a]).id);
    expect(SHARED_TERMS.id).toBe("");
    const others = [{ into: "S13" }, { isDeprecated: true }, { aliases: ["x"] }].map(
      (some) => new HubTerms([{ ...a, ...some }, b]).id,
    );
    expect(new Set([...others, new HubTerms([a, b]).id, new HubTerms([a]).id]).size).toBe(5);
  });

  test("without changes reads every label as the shared one does", () => {
    for (const name of SCHEME_NAMES.filter((one) => one !== "region" && one !== "industry")) {
      for (const { zh } of scheme(name).concepts) {
        expect(SHARED_TERMS.match(name, zh)).toEqual(matchTerm(name, zh));
      }
    }
  });
});
