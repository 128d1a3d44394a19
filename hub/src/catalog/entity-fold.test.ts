import { encodeBody, toHex, urnOf } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { usccOf } from "../../test/support/match-world.ts";
import { aRecord, aWithdrawal, SmallLog } from "../../test/support/small-log.ts";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import { encodeRow } from "../ports/catalog-row.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { entityIdOf } from "./entities/entity.ts";
import {
  CHANGE_FACTS,
  decodeEntityFact,
  ENTITY_OF_FACTS,
  type EntityMember,
  MEMBERS_FACTS,
  MODEL_FACT,
  OPEN_PAIR_FACTS,
  type RecordEntity,
} from "./entity-fact.ts";
import { EntityFold } from "./entity-fold.ts";
import { foldEntries } from "./fold.ts";

const CODE = usccOf(1);
const OTHER_CODE = usccOf(2);

function provider(key: string, name: string, fields: object = {}, revision = 1n): Uint8Array {
  return aRecord({
    kind: "provider",
    key,
    revision,
    body: encodeBody("provider", { name, ...fields }),
  });
}

const urn = (centerId: string, key = "1") => urnOf({ kind: "provider", centerId, key });
const idOf = (centerId: string, key = "1") => entityIdOf(urn(centerId, key));

/** Folds in chunks; each ends where `cuts` says, with a fold that has forgotten everything where it ends in "restart". */
async function folded(
  log: SmallLog,
  isCut: (position: number) => "cut" | "restart" | undefined = () => undefined,
  store = createMemoryCatalogStore(),
): Promise<CatalogStore> {
  let entities = new EntityFold();
  let from = await store.position();
  for (let to = from + 1; to <= log.entries.length; to += 1) {
    const cut = isCut(to);
    if (cut === undefined && to < log.entries.length) continue;
    const chunk = log.entries.slice(from, to);
    const { change } = await foldEntries(store, chunk, log.lookup, entities);
    await store.write(change);
    if (cut === "restart") entities = new EntityFold();
    from = to;
  }
  return store;
}

async function factsOf(store: CatalogStore, prefix = "local/entity/") {
  const facts: Record<string, string> = {};
  for await (const [name, value] of store.facts(prefix)) {
    if (!name.startsWith(CHANGE_FACTS)) facts[name] = toHex(value);
  }
  return facts;
}

/** Encoded rows, without the positions of decisions: those say that there were some, and stay. */
async function rowsOf(store: CatalogStore) {
  const rows = await Array.fromAsync(store.rows({}));
  return rows.map((row) => toHex(encodeRow({ ...row, decisions: [], changePosition: 0 })));
}

async function entityOf(store: CatalogStore, centerId: string, key = "1") {
  const bytes = await store.fact(ENTITY_OF_FACTS + idOf(centerId, key));
  return bytes && decodeEntityFact<RecordEntity>(bytes).entity;
}

async function membersOf(store: CatalogStore, id: string) {
  const bytes = await store.fact(MEMBERS_FACTS + id);
  return bytes && decodeEntityFact<EntityMember[]>(bytes);
}

/** Two centers list one company, a third another one. */
function threeLists(): SmallLog {
  const log = new SmallLog();
  for (const center of ["aa", "bb", "cc"]) log.member(center);
  log.batch("aa", [provider("1", "厦门某某信息科技有限公司", { uscc: CODE })]);
  log.batch("bb", [provider("1", "某某信息", { uscc: CODE })]);
  log.batch("cc", [provider("1", "北京另外智能装备有限公司", { uscc: OTHER_CODE })]);
  return log;
}

describe("entities of the catalog", () => {
  test("have the records of one code, the id of the oldest, and say what joins them", async () => {
    const store = await folded(threeLists());
    expect(await entityOf(store, "aa")).toBe(idOf("aa"));
    expect(await entityOf(store, "bb")).toBe(idOf("aa"));
    expect(await entityOf(store, "cc")).toBe(idOf("cc"));
    const members = await membersOf(store, idOf("aa"));
    expect(members?.map((member) => member.urn)).toEqual([urn("aa"), urn("bb")]);
    const why = members?.[1]?.link;
    expect(why?.to).toBe(urn("aa"));
    expect(why?.why.evidence.map(({ comparison }) => comparison)).toContain("uscc");
    expect(await membersOf(store, idOf("bb"))).toBeUndefined();
  });

  test("are what a curator says, and what they were when it is taken back: to the byte", async () => {
    const log = threeLists();
    const store = await folded(log);
    const before = await factsOf(store);
    const rowsBefore = await rowsOf(store);
    const merge = log.decide("merge", [urn("aa"), urn("cc")], { reason: "renamed" });
    await folded(log, undefined, store);
    // Codes that differ stand against it for a rule, not for a person.
    expect(await entityOf(store, "cc")).toBe(idOf("aa"));
    expect(await factsOf(store)).not.toEqual(before);
    log.decide("retract", [], { retracts: merge.id });
    await folded(log, undefined, store);
    expect(await factsOf(store)).toEqual(before);
    expect(await rowsOf(store)).toEqual(rowsBefore);

    const split = log.decide("split", [urn("aa"), urn("bb")]);
    await folded(log, undefined, store);
    expect(await entityOf(store, "bb")).toBe(idOf("bb"));
    log.decide("retract", [], { retracts: split.id });
    await folded(log, () => "restart", store);
    expect(await factsOf(store)).toEqual(before);
  });

  test("are found by the id of a record that is withdrawn, and not by one that was erased", async () => {
    const log = threeLists();
    log.batch("aa", [aWithdrawal("1", 2n, "provider")]);
    const store = await folded(log);
    expect(await entityOf(store, "aa")).toBe(idOf("bb"));
    expect(await membersOf(store, idOf("aa"))).toBeUndefined();
    expect((await membersOf(store, idOf("bb")))?.map((member) => member.urn)).toEqual([urn("bb")]);

    log.erase(5, 0);
    await folded(log, undefined, store);
    expect(await entityOf(store, "cc")).toBeUndefined();
    expect(await membersOf(store, idOf("cc"))).toBeUndefined();
  });

  test("get their id back when the record comes again", async () => {
    const log = threeLists();
    log.batch("aa", [aWithdrawal("1", 2n, "provider")]);
    const again = { uscc: CODE };
    log.batch("aa", [provider("1", "厦门某某信息科技有限公司", again, 3n)]);
    const store = await folded(log);
    expect(await entityOf(store, "bb")).toBe(idOf("aa"));
  });

  test("leave out what a curator hides", async () => {
    const log = threeLists();
    log.decide("hide", [urn("aa")]);
    const store = await folded(log);
    expect(await entityOf(store, "bb")).toBe(idOf("bb"));
    expect((await membersOf(store, idOf("bb")))?.length).toBe(1);
  });

  test("that may be one are a question, until somebody answers it", async () => {
    const log = new SmallLog();
    for (const [i, name] of ["甲乙", "丙丁", "戊己", "庚辛", "壬癸"].entries()) {
      log.batch("zz", [provider(String(i), `南京${name}精密机械有限公司`, { region: "320100" })]);
    }
    log.batch("aa", [provider("1", "无锡远景能源科技有限公司", { region: "320200" })]);
    log.batch("bb", [
      provider("1", "远景能源科技有限公司", { website: "https://envision.example" }),
    ]);
    const store = await folded(log);
    const isOne = (await entityOf(store, "aa")) === (await entityOf(store, "bb"));
    const questions = Object.keys(await factsOf(store, OPEN_PAIR_FACTS));
    expect(isOne || questions.length > 0).toBe(true);
    log.decide("split", [urn("aa"), urn("bb")]);
    await folded(log, undefined, store);
    expect(await entityOf(store, "aa")).not.toBe(await entityOf(store, "bb"));
    expect(await factsOf(store, OPEN_PAIR_FACTS)).toEqual({});
  });

  test("do not depend on how the log is cut into chunks, nor on starts in between", async () => {
    await fc.assert(
      fc.asyncProperty(anyProviderLog, fc.infiniteStream(anyCut), async (log, cuts) => {
        const whole = await folded(log);
        const pieces = await folded(log, () => cuts.next().value);
        expect(await factsOf(pieces)).toEqual(await factsOf(whole));
      }),
      { numRuns: 60 },
    );
  });

  test("are those of their members, and every record that is shown is of one", async () => {
    await fc.assert(
      fc.asyncProperty(anyProviderLog, async (log) => {
        const store = await folded(log);
        const shown: string[] = [];
        for await (const row of store.rows({ kind: "provider" })) {
          if (row.verdict === "live") shown.push(urnOf(row.ref));
        }
        const members: string[] = [];
        for await (const [name, value] of store.facts(MEMBERS_FACTS)) {
          for (const member of decodeEntityFact<EntityMember[]>(value)) {
            members.push(member.urn);
            const of = await store.fact(ENTITY_OF_FACTS + entityIdOf(member.urn));
            const entity = of && decodeEntityFact<RecordEntity>(of).entity;
            expect(MEMBERS_FACTS + entity).toBe(name);
          }
        }
        expect(members.sort()).toEqual(shown.sort());
      }),
      { numRuns: 60 },
    );
  });

  test("are the same from what an erasure leaves in the log, once something else has come", async () => {
    const log = threeLists();
    log.batch("bb", [provider("2", "苏州第二软件有限公司")]);
    log.erase(3, 0);
    log.batch("cc", [provider("2", "苏州第三软件有限公司")]);
    const store = await folded(log);
    const erased = aRecord({
      kind: "provider",
      key: "1",
      operation: "withdraw",
      body: new Uint8Array(),
    });
    log.replaceRecords(3, [erased]);
    expect(await factsOf(await folded(log))).toEqual(await factsOf(store));
  });

  test("whose saved model cannot be read are damage, which makes the catalog anew", async () => {
    const log = threeLists();
    const others = Array.from({ length: 15 }, (_, i) =>
      provider(`p${i}`, `南京第${i}软件有限公司`),
    );
    log.batch("aa", others);
    const store = await folded(log);
    const facts = new Map([[MODEL_FACT, new Uint8Array([1])]]);
    await store.write({ rows: [], facts, position: await store.position() });
    log.batch("aa", [provider("1", "厦门某某信息科技有限公司", {}, 2n)]);
    await expect(folded(log, undefined, store)).rejects.toMatchObject({
      code: "ERR_STORE_DAMAGED",
    });
  });
});

const anyCut = fc.constantFrom<"cut" | "restart" | undefined>("cut", "restart", undefined);

const NAMES = [
  "南京汇流软件有限公司",
  "汇流软件",
  "南京汇流软件股份有限公司",
  "苏州工业云科技有限公司",
];
const CODES = ["", CODE, OTHER_CODE];

const anyProviderLog = fc
  .array(
    fc.oneof(
      fc.record({
        type: fc.constant("publish" as const),
        center: fc.constantFrom("aa", "bb"),
        key: fc.constantFrom("1", "2"),
        name: fc.constantFrom(...NAMES),
        code: fc.constantFrom(...CODES),
      }),
      fc.record({
        type: fc.constant("withdraw" as const),
        center: fc.constantFrom("aa", "bb"),
        key: fc.constantFrom("1", "2"),
      }),
      fc.record({
        type: fc.constant("decide" as const),
        action: fc.constantFrom("merge", "split", "relate", "hide", "unhide", "retract"),
        subjects: fc.tuple(fc.constantFrom("1", "2"), fc.constantFrom("1", "2")),
        earlier: fc.nat(3),
      }),
    ),
    { minLength: 1, maxLength: 14 },
  )
  .map((steps) => {
    const log = new SmallLog();
    const decisions: string[] = [];
    for (const [i, step] of steps.entries()) {
      const revision = BigInt(i + 1);
      if (step.type === "publish") {
        const { center, key, name, code } = step;
        log.batch(center, [provider(key, name, code === "" ? {} : { uscc: code }, revision)]);
      } else if (step.type === "withdraw") {
        log.batch(step.center, [aWithdrawal(step.key, revision, "provider")]);
      } else if (step.action === "retract") {
        log.decide("retract", [], { retracts: decisions[step.earlier] ?? "none" });
      } else {
        const [a, b] = step.subjects;
        decisions.push(log.decide(step.action, [urn("aa", a), urn("bb", b)]).id);
      }
    }
    return log;
  });
