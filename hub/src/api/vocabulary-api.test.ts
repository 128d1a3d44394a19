import {
  parseFacetsQuery,
  parseListQuery,
  parseSearchQuery,
  parseSimilarQuery,
  type TermName,
  type TermStatement,
  termStatement,
  termUrnOf,
} from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { NEVER, type SmallHub, smallHub } from "../../test/support/small-hub.ts";
import { aCase, aRecord, SmallLog } from "../../test/support/small-log.ts";
import { foldEntries } from "../catalog/fold.ts";
import { createVocabularyApi, requireTermChange } from "./vocabulary-api.ts";

const S11 = { scheme: "scenario", code: "S11" } as const;
const S12 = { scheme: "scenario", code: "S12" } as const;

/** A record of each of two scenarios, one of both, and one of none. */
function aLog(): SmallLog {
  const log = new SmallLog();
  log.member("aa");
  log.batch("aa", [
    aRecord({ key: "1", body: aCase("甲", { scenarios: ["S11"] }) }),
    aRecord({ key: "2", body: aCase("乙", { scenarios: ["S12"] }) }),
    aRecord({ key: "3", body: aCase("丙", { scenarios: ["S11", "S12"] }) }),
    aRecord({ key: "4", body: aCase("丁") }),
  ]);
  return log;
}

function change(log: SmallLog, term: TermName, said: Partial<TermStatement>) {
  const statement = { zh: "", en: "", aliases: [], into: "", ...said };
  const argument = termStatement.encode(statement);
  return log.decide("term", [termUrnOf(term)], { argument, reason: "常用" });
}

async function open(log: SmallLog) {
  const hub = await smallHub(log);
  const api = createVocabularyApi({ catalog: hub.catalog, search: hub.api.search });
  return { ...hub, vocabulary: api };
}

async function find({ api }: Pick<SmallHub, "api">, query: object): Promise<string[]> {
  const answer = await api.search(parseSearchQuery(query), { type: "public" }, NEVER);
  expect(answer.total).toBe(answer.hits.length);
  return answer.hits.map(({ record }) => record.ref.key).sort();
}

async function scenarios({ api }: Pick<SmallHub, "api">) {
  const query = parseFacetsQuery({ fields: ["scenario"] });
  const { facets } = await api.facets(query, { type: "public" }, NEVER);
  return facets[0]?.values.map(({ value, labelZh, count }) => [value, labelZh, count]);
}

describe("a term with an alias", () => {
  test("finds what carries it, until that is undone", async () => {
    const log = aLog();
    const hub = await open(log);
    expect(await find(hub, { query: "嘎嘎咕咕" })).toEqual([]);
    const { id } = change(log, S11, { aliases: ["嘎嘎咕咕", "gaga plan"] });
    await hub.catchUp();
    expect(await find(hub, { query: "嘎嘎咕咕" })).toEqual(["1", "3"]);
    expect(await find(hub, { query: "gaga plan" })).toEqual(["1", "3"]);
    const like = parseSimilarQuery({ text: "嘎嘎咕咕" });
    const { hits } = await hub.api.similar(like, { type: "public" }, NEVER);
    expect(hits.map(({ record }) => record.ref.key).sort()).toEqual(["1", "3"]);
    // What comes later has it too.
    log.batch("aa", [aRecord({ key: "5", body: aCase("戊", { scenarios: ["S11"] }) })]);
    await hub.catchUp();
    expect(await find(hub, { query: "嘎嘎咕咕" })).toEqual(["1", "3", "5"]);
    log.decide("retract", [], { retracts: id });
    await hub.catchUp();
    expect(await find(hub, { query: "嘎嘎咕咕" })).toEqual([]);
  });

  test("is found under its new label and under the shared one", async () => {
    const log = aLog();
    const hub = await open(log);
    const [shared] = (await scenarios(hub)) ?? [];
    change(log, S11, { zh: "嘎嘎咕咕" });
    await hub.catchUp();
    expect(await scenarios(hub)).toContainEqual(["S11", "嘎嘎咕咕", 2]);
    expect(await find(hub, { query: "嘎嘎咕咕" })).toEqual(["1", "3"]);
    expect(await find(hub, { query: String(shared?.[1]) })).toEqual(
      shared?.[0] === "S11" ? ["1", "3"] : ["2", "3"],
    );
  });
});

describe("a term that was merged into another", () => {
  test("is counted, filtered and found as that one, each record once", async () => {
    const log = aLog();
    const hub = await open(log);
    const before = await scenarios(hub);
    expect(before?.map(([code, , count]) => [code, count])).toEqual([
      ["S11", 2],
      ["S12", 2],
    ]);
    const { id } = change(log, S12, { into: "S11" });
    await hub.catchUp();
    expect((await scenarios(hub))?.map(([code, , count]) => [code, count])).toEqual([["S11", 3]]);
    for (const value of ["S11", "S12"]) {
      const filters = [{ field: "scenario", values: [value] }];
      expect(await find(hub, { filters })).toEqual(["1", "2", "3"]);
      const listed = await hub.api.list(parseListQuery({ filters }), { type: "public" }, NEVER);
      expect(listed.records.map(({ ref }) => ref.key)).toEqual(["1", "2", "3"]);
    }
    for (const query of ["scenario:S12", 'scenario:"S99,S12" -kind:event', "scenario:S11"]) {
      expect(await find(hub, { query })).toEqual(["1", "2", "3"]);
    }
    expect(await find(hub, { query: "-scenario:S12" })).toEqual(["4"]);
    const label = String(before?.[1]?.[1]);
    expect(await find(hub, { query: label })).toEqual(["1", "2", "3"]);
    const { record } = await hub.api.get(
      { kind: "case", centerId: "aa", key: "2" },
      { type: "public" },
    );
    // Facets are read as merged; the center's own words stay.
    expect(record.facets).toContainEqual({ field: "scenario", values: ["S11"] });
    expect(record.body?.value).toMatchObject({ scenarios: ["S12"] });
    log.decide("retract", [], { retracts: id });
    await hub.catchUp();
    expect(await scenarios(hub)).toEqual(before);
  });

  test("is found by what the other is called later", async () => {
    const log = aLog();
    const hub = await open(log);
    change(log, S12, { into: "S11" });
    await hub.catchUp();
    change(log, S11, { aliases: ["嘎嘎咕咕"] });
    await hub.catchUp();
    expect(await find(hub, { query: "嘎嘎咕咕" })).toEqual(["1", "2", "3"]);
  });

  test("leads nowhere where an undo has left terms that lead to each other", async () => {
    const log = aLog();
    const hub = await open(log);
    change(log, S12, { into: "S11" });
    change(log, S11, { into: "S12" });
    await hub.catchUp();
    expect((await scenarios(hub))?.map(([code, , count]) => [code, count])).toEqual([
      ["S11", 2],
      ["S12", 2],
    ]);
  });
});

describe("a new term", () => {
  const S41 = { scheme: "scenario", code: "S41" } as const;
  const said = { zh: "碳足迹", en: "Carbon footprint", broader: "C" };

  test("is counted by its label, found by its words and listed with its wider term, until that is undone", async () => {
    const log = aLog();
    log.batch("aa", [aRecord({ key: "5", body: aCase("戊", { scenarios: ["S41"] }) })]);
    const hub = await open(log);
    expect(await find(hub, { query: "碳足迹" })).toEqual([]);
    const { id } = change(log, S41, { ...said, aliases: ["嘎嘎咕咕"] });
    await hub.catchUp();
    expect(await scenarios(hub)).toContainEqual(["S41", "碳足迹", 1]);
    for (const query of ["碳足迹", "carbon footprint", "嘎嘎咕咕"]) {
      expect(await find(hub, { query })).toEqual(["5"]);
    }
    expect((await hub.vocabulary.listTerms({ scheme: "" })).terms).toMatchObject([
      { ...S41, label: { zh: "碳足迹" }, shared: { zh: "", en: "" }, broader: "C", successor: "" },
    ]);
    log.decide("retract", [], { retracts: id });
    await hub.catchUp();
    expect(await find(hub, { query: "碳足迹" })).toEqual([]);
    expect(await scenarios(hub)).toContainEqual(["S41", "S41", 1]);
  });

  test("takes in others, until its addition is undone", async () => {
    const log = aLog();
    log.batch("aa", [aRecord({ key: "5", body: aCase("戊", { scenarios: ["S42"] }) })]);
    const hub = await open(log);
    const { id } = change(log, S41, said);
    change(log, { scheme: "scenario", code: "S42" }, { ...said, zh: "零碳", into: "S41" });
    // A shared term is evidence by its own code.
    change(log, S12, { into: "S41" });
    await hub.catchUp();
    expect(await scenarios(hub)).toContainEqual(["S41", "碳足迹", 1]);
    expect(await scenarios(hub)).toHaveLength(3);
    log.decide("retract", [], { retracts: id });
    await hub.catchUp();
    expect((await scenarios(hub))?.map(([code]) => code)).toEqual(["S11", "S12", "S42"]);
  });

  test("has its words looked at, and what carries its code counted, before it is one", async () => {
    const log = aLog();
    log.batch("aa", [aRecord({ key: "5", body: aCase("戊", { scenarios: ["S41"] }) })]);
    const hub = await open(log);
    const preview = { ...S41, words: ["x"] };
    const { records } = await hub.vocabulary.previewTerm(preview, { signal: NEVER });
    expect(records).toBe(1);
    change(log, S41, { ...said, aliases: ["x"] });
    await hub.catchUp();
    const { clashes } = await hub.vocabulary.previewTerm(
      { ...S11, words: ["x"] },
      { signal: NEVER },
    );
    expect(clashes).toEqual([{ word: "x", code: "S41" }]);
  });

  test("that differs from another one by case alone is refused", async () => {
    const argument = termStatement.encode({ zh: "x", en: "x", aliases: [], into: "" });
    const { catalog } = await open(aLog());
    const asked = requireTermChange(catalog, argument, ["urn:dth-term:systemType:MES"]);
    await expect(asked).rejects.toThrow(/has mes already/);
  });

  test.each<[string, string, string, Partial<TermStatement>]>([
    ["without a label", "scenario", "S41", { ...said, en: "" }],
    ["without the wider term that its scheme has", "scenario", "S41", { zh: "x", en: "x" }],
    ["under a term that is none", "scenario", "S41", { ...said, broader: "Z" }],
    ["with a wider term where the scheme has none", "systemType", "twin", said],
    ["of a scheme that takes none", "kpi", "KX", { zh: "x", en: "x" }],
    ["whose code no record can carry", "systemType", "-x", { zh: "x", en: "x" }],
    ["that is a shared one under another", "scenario", "S11", said],
  ])("%s is refused, and has no effect in a log", async (_, scheme, code, some) => {
    const log = aLog();
    const argument = termStatement.encode({ zh: "", en: "", aliases: [], into: "", ...some });
    const hub = await open(log);
    const subjects = [termUrnOf({ scheme, code })];
    await expect(requireTermChange(hub.catalog, argument, subjects)).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
    log.decide("term", subjects, { argument });
    await hub.catchUp();
    const { terms } = await hub.vocabulary.listTerms({ scheme: "" });
    expect(terms.map((term) => [term.code, term.broader])).toEqual(
      code === "S11" ? [["S11", ""]] : [],
    );
  });
});

describe("a deprecated term", () => {
  const deprecate = (successor: string) =>
    termStatement.encode({ zh: "", en: "", aliases: [], into: "", deprecated: { successor } });

  test("is counted and found as before, and listed with its successor", async () => {
    const log = aLog();
    const hub = await open(log);
    const before = await scenarios(hub);
    log.decide("term", [termUrnOf(S12)], { argument: deprecate("S11") });
    await hub.catchUp();
    expect(await scenarios(hub)).toEqual(before);
    expect((await hub.vocabulary.listTerms({ scheme: "" })).terms).toMatchObject([
      { ...S12, isDeprecated: true, successor: "S11", into: "" },
    ]);
  });

  test.each<[string, string, string | undefined]>([
    ["without a successor", "", undefined],
    ["in favour of another", "S11", undefined],
    ["in favour of itself", "S12", "ERR_ARGUMENT_INVALID"],
    ["in favour of none", "S99", "ERR_ARGUMENT_INVALID"],
    ["in favour of a deprecated one", "S13", "ERR_ARGUMENT_INVALID"],
    ["in favour of a merged one", "S14", "ERR_ARGUMENT_INVALID"],
  ])("%s: %s gives %s", async (_, successor, code) => {
    const log = aLog();
    log.decide("term", ["urn:dth-term:scenario:S13"], { argument: deprecate("") });
    log.decide("term", ["urn:dth-term:scenario:S14"], {
      argument: termStatement.encode({ zh: "", en: "", aliases: [], into: "S15" }),
    });
    const { catalog } = await smallHub(log);
    const asked = requireTermChange(catalog, deprecate(successor), [termUrnOf(S12)]);
    if (code === undefined) await asked;
    else await expect(asked).rejects.toMatchObject({ code });
  });

  test("cannot be merged at once", () => {
    const both = { zh: "", en: "", aliases: [], into: "S11", deprecated: { successor: "" } };
    expect(() => termStatement.decode(termStatement.encode(both))).toThrow(/merged/);
  });
});

describe("the list of changed terms", () => {
  test("has what stands, by which decision, and the version", async () => {
    const log = aLog();
    const hub = await open(log);
    const { version } = await hub.vocabulary.listTerms({ scheme: "" });
    change(log, S11, { zh: "嘎嘎", aliases: ["a"] });
    const { position } = change(log, S11, { zh: "嘎嘎咕咕" });
    change(log, S12, {});
    await hub.catchUp();
    const answer = await hub.vocabulary.listTerms({ scheme: "scenario" });
    expect(answer).toMatchObject({
      version: `${version}+${position}`,
      terms: [
        {
          ...S11,
          label: { zh: "嘎嘎咕咕" },
          shared: { zh: expect.stringMatching(/\p{Script=Han}/u) },
          aliases: [],
          into: "",
          actor: "curator",
          reason: "常用",
          position,
        },
      ],
    });
    expect((await hub.vocabulary.listTerms({ scheme: "kpi" })).terms).toEqual([]);
    await expect(hub.vocabulary.listTerms({ scheme: "x" })).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
  });

  test("is the same however the log is cut", async () => {
    const log = aLog();
    const { id } = change(log, S12, { into: "S11" });
    change(log, S11, { aliases: ["嘎嘎咕咕"] });
    log.decide("retract", [], { retracts: id });
    const whole = await open(log);
    const short = new SmallLog();
    const cut = await smallHub(short);
    for (const entry of log.entries) {
      short.entries.push(entry);
      await cut.catchUp();
    }
    expect(await factsOf(cut.catalog)).toEqual(await factsOf(whole.catalog));
    expect(await find(cut, { query: "嘎嘎咕咕" })).toEqual(["1", "3"]);
  });
});

async function factsOf(catalog: SmallHub["catalog"]) {
  const facts = await Array.fromAsync(catalog.facts("term"));
  return facts.map(([name, value]) => [name, Buffer.from(value).toString()]);
}

describe("a preview", () => {
  test("counts what carries the term, by center, and names words that are taken", async () => {
    const log = aLog();
    const hub = await open(log);
    change(log, S12, { aliases: ["嘎嘎咕咕"] });
    await hub.catchUp();
    const words = ["嘎嘎咕咕", "unheard of"];
    const preview = await hub.vocabulary.previewTerm({ ...S11, words }, { signal: NEVER });
    expect(preview).toMatchObject({
      records: 2,
      centers: [{ value: "aa", labelZh: "aa 中心", count: 2 }],
      clashes: [{ word: "嘎嘎咕咕", code: "S12" }],
    });
    expect(preview.sample.map(({ ref }) => ref.key).sort()).toEqual(["1", "3"]);
  });

  test.each([
    ["kpi", "S99"],
    ["region", "360000"],
    ["x", "S11"],
    ["usccStatus", "valid"],
  ])("of %s %s is refused: nobody changes it", async (scheme, code) => {
    const hub = await open(aLog());
    const preview = hub.vocabulary.previewTerm({ scheme, code, words: [] }, { signal: NEVER });
    await expect(preview).rejects.toMatchObject({ code: "ERR_ARGUMENT_INVALID" });
  });
});

describe("a change", () => {
  const encoded = (into = "") => termStatement.encode({ zh: "", en: "", aliases: ["x"], into });

  test.each<[string, string[], string, string]>([
    ["two terms", [termUrnOf(S11), termUrnOf(S12)], encoded(), "ERR_ARGUMENT_INVALID"],
    ["a record", ["urn:dth:aa:case:1"], encoded(), "ERR_ARGUMENT_INVALID"],
    ["a term that nobody knows", ["urn:dth-term:scenario:S99"], encoded(), "ERR_ARGUMENT_INVALID"],
    ["a statement that is none", [termUrnOf(S11)], "{}", "ERR_STATEMENT_MALFORMED"],
    ["a merge into itself", [termUrnOf(S11)], encoded("S11"), "ERR_ARGUMENT_INVALID"],
    ["a merge into nothing known", [termUrnOf(S11)], encoded("S99"), "ERR_ARGUMENT_INVALID"],
    ["a merge into a merged term", [termUrnOf(S11)], encoded("S12"), "ERR_ARGUMENT_INVALID"],
    [
      "a merge of a term that has others",
      ["urn:dth-term:scenario:S13"],
      encoded("S14"),
      "ERR_ARGUMENT_INVALID",
    ],
  ])("of %s is refused", async (_, subjects, argument, code) => {
    const log = aLog();
    change(log, S12, { into: "S13" });
    const { catalog } = await smallHub(log);
    await expect(requireTermChange(catalog, argument, subjects)).rejects.toMatchObject({ code });
  });

  test("that stands is no obstacle to another of the same term", async () => {
    const log = aLog();
    change(log, S12, { into: "S11" });
    const { catalog } = await smallHub(log);
    await requireTermChange(catalog, encoded("S13"), [termUrnOf(S12)]);
    await requireTermChange(catalog, encoded(), [termUrnOf(S12)]);
  });

  test("of a log that says nonsense has no effect", async () => {
    const log = aLog();
    log.decide("term", ["urn:dth-term:scenario:S99"], { argument: encoded() });
    log.decide("term", ["urn:dth-term:none:S11"], { argument: encoded() });
    log.decide("term", ["urn:dth:aa:case:1"], { argument: encoded() });
    log.decide("term", [termUrnOf(S11)], { argument: "{" });
    const { catalog } = await smallHub(new SmallLog());
    const { change: folded } = await foldEntries(catalog, log.entries, log.lookup);
    expect([...folded.facts].filter(([name, value]) => name.startsWith("term/") && value)).toEqual(
      [],
    );
  });
});
