import {
  bucketIdOf,
  concatBytes,
  encodeBody,
  LADDER_HASH,
  sha256Text,
  toHex,
  utf8,
} from "@tributary/proto";
import { describe, expect, test } from "vitest";
import {
  aBucket,
  anAnswer,
  aRelease,
  context,
  nullifiersOf,
  received,
} from "../../../test/support/small-release.ts";
import { judgeRelease } from "./check.ts";
import type { OutcomeRelease, ReceivedRelease, ReleaseBucket, ReleaseContext } from "./context.ts";
import { answerDigest, answerNameOf, bucketDigest } from "./digests.ts";
import { MAX_FINDINGS } from "./finding.ts";

function judge(release: OutcomeRelease, given: ReleaseContext = context()) {
  return judgeRelease(received(release), given);
}

/** Rule and code of each finding, each once. */
function found(received: ReceivedRelease, given: ReleaseContext = context()): string[] {
  const { findings, isRefused } = judgeRelease(received, given);
  expect(isRefused).toBe(findings.some(({ rule }) => rule !== "H12"));
  for (const { subject, message, messageZh } of findings) {
    expect(message.startsWith(`${subject}: `)).toBe(true);
    expect(messageZh).toMatch(/\p{Script=Han}/u);
  }
  return [...new Set(findings.map(({ rule, code }) => `${rule} ${code}`))];
}

const release = aRelease();
const { policy } = release;
const agent = release.agent ?? {};
const budget = release.budget ?? { year: 2025 };
const [bucket] = release.buckets as [ReleaseBucket];
const oee = bucket.kpi?.["OEE"] ?? {};

function withBucket(fields: Partial<ReleaseBucket>): OutcomeRelease {
  return { ...release, buckets: [{ ...bucket, ...fields }] };
}

function withKpi(fields: typeof oee): OutcomeRelease {
  return withBucket({ kpi: { OEE: { ...oee, ...fields } } });
}

function withAnswer(fields: Parameters<typeof anAnswer>[0]): OutcomeRelease {
  return { ...release, noised: [anAnswer(fields)] };
}

describe("a valid release", () => {
  test("passes every check", () => {
    expect(judge(release)).toEqual({ isRefused: false, findings: [] });
  });

  test("may be empty", () => {
    expect(judge({ ...release, buckets: [], noised: [] }).findings).toEqual([]);
  });

  test("may leave out cost, months, satisfaction and further scenarios of a bucket", () => {
    const { cost: _, months: __, satisfied: ___, scenarioFamilies: ____, ...rest } = bucket;
    expect(judge({ ...release, buckets: [rest] }).findings).toEqual([]);
  });
});

/** X17: one field is changed, and the release signed again. Each is refused, by this rule and no other. */
const EDITS: readonly (readonly [name: string, expected: string, edited: OutcomeRelease])[] = [
  ["a sequence ahead", "H1 seq", { ...release, releaseSeq: 1 }],
  ["a hash of nothing", "H1 prev_hash", { ...release, prevReleaseHash: sha256Text("x") }],
  ["a part beyond the parts", "H1 part", { ...release, parts: 0 }],
  ["a unit of one's own", "H2 word", { ...release, unit: "enterprise" }],
  ["another attacker", "H2 word", { ...release, attackerProfile: "A0" }],
  ["a technique nobody knows", "H2 word", { ...release, policy: { ...policy, techniques: ["x"] } }],
  ["a sampler nobody knows", "H2 word", { ...release, agent: { ...agent, sampler: "naive" } }],
  ["a sentence as a version", "H2 token", { ...release, agent: { ...agent, version: "one two" } }],
  ["a sentence as a path", "H2 token", { ...release, agent: { ...agent, unprovenPaths: ["a b"] } }],
  ["a sentence as a policy", "H2 token", { ...release, policy: { ...policy, policyId: "a b" } }],
  ["a sentence as a basis", "H2 token", { ...release, consentBasis: "as they said" }],
  ["a KPI nobody knows", "H2 word", withBucket({ kpi: { MOOD: oee } })],
  ["a family nobody knows", "H2 word", withBucket({ scenarioFamilies: { Z: 1 } })],
  ["a statistic nobody knows", "H2 word", withAnswer({ statistic: "median" })],
  ["a unit of an answer", "H2 word", withAnswer({ unit: "record" })],
  ["another ladder", "H3 ladder", { ...release, ladderHash: sha256Text("ladder") }],
  [
    "another hierarchy",
    "H3 hierarchy",
    { ...release, hierarchies: { ...release.hierarchies, size: LADDER_HASH } },
  ],
  [
    "one hierarchy more",
    "H3 hierarchy",
    { ...release, hierarchies: { ...release.hierarchies, region: LADDER_HASH } },
  ],
  ["a label of another level", "H3 label", withBucket({ level: 3 })],
  ["a label that no record has", "H3 label", withBucket({ label: ["S21", "P017", "C", "*"] })],
  ["a lower k", "H4 k", { ...release, policy: { ...policy, k: 4 } }],
  ["a k that the buckets do not reach", "H4 n", { ...release, policy: { ...policy, k: 11 } }],
  ["two records of one group", "H4 distinct", withBucket({ distinct: 9 })],
  [
    "a KPI of a few",
    "H4 kpi_n",
    withKpi({ n: 4, histogram: [1, 1, 1, 1, 0], sum: 13, sumOfSquares: 151 }),
  ],
  [
    "satisfied of too few",
    "H4 satisfied",
    { ...release, policy: { ...policy, kSatisfaction: 11 } },
  ],
  ["more satisfied than records", "H4 satisfied", withBucket({ satisfied: 11 })],
  [
    "a low floor for satisfied",
    "H4 k_satisfaction",
    { ...release, policy: { ...policy, kSatisfaction: 9 } },
  ],
  ["a histogram of costs short of one", "H5 histogram", withBucket({ cost: [0, 2, 3, 2, 1, 1] })],
  ["a histogram of months with a band more", "H5 bands", withBucket({ months: [1, 4, 3, 1, 1] })],
  ["more vouchers than records", "H5 voucher", withBucket({ voucher: 11 })],
  ["a KPI's histogram short of one", "H5 histogram", withKpi({ histogram: [1, 2, 3, 2, 1] })],
  ["another clip", "H5 clip", withKpi({ clipHigh: 100 })],
  ["a sum below its bands", "H5 sum", withKpi({ sum: 9 })],
  ["a sum above its bands", "H5 sum", withKpi({ sum: 173, sumOfSquares: 3401 })],
  ["squares below their bands", "H5 squares", withKpi({ sum: 65, sumOfSquares: 1075 })],
  ["squares above their bands", "H5 squares", withKpi({ sumOfSquares: 8801 })],
  [
    "squares that no ten numbers have",
    "H5 cauchy_schwarz",
    withKpi({ sum: 121, sumOfSquares: 1463 }),
  ],
  ["squares of another parity", "H5 parity", withKpi({ sumOfSquares: 1818 })],
  ["a nullifier more", "H6 nullifier_count", withNullifiers(nullifiersOf("x", 11))],
  ["a nullifier twice", "H6 nullifier_order", withNullifiers(doubled(nullifiersOf("x", 10)))],
  [
    "nullifiers out of order",
    "H6 nullifier_order",
    withNullifiers(nullifiersOf("x", 10).reverse()),
  ],
  ["another id", "H6 bucket_id", withBucket({ bucketId: new Uint8Array(16) })],
  ["a bucket twice", "H6 bucket_again", { ...release, buckets: [bucket, bucket] }],
  ["a record in two buckets", "H6 record_again", { ...release, buckets: [bucket, overlapping()] }],
  ["a lower l", "H7 l", { ...release, policy: { ...policy, l: 2 } }],
  ["a lower m", "H7 m", { ...release, policy: { ...policy, m: 1 } }],
  ["a higher share", "H7 share_cap", { ...release, policy: { ...policy, shareCap: "2/3" } }],
  [
    "one band only",
    "H7 classes",
    withKpi({ histogram: [0, 0, 10, 0, 0], sum: 70, sumOfSquares: 490 }),
  ],
  [
    "one class with nearly all",
    "H7 share",
    {
      ...withBucket({
        satisfied: 10,
        kpi: { OEE: { ...oee, histogram: [1, 1, 8, 0, 0], sum: 57, sumOfSquares: 413 } },
      }),
      policy: { ...policy, k: 10 },
    },
  ],
  [
    "taking back what is not there",
    "H8 not_shown",
    { ...release, retracted: [{ bucketId: bucketIdOf([]), reason: "legal" }] },
  ],
  ["too little noise", "H9 noise", withAnswer({ sigmaSquared: "1666" })],
  ["a lower cost", "H9 noise", withAnswer({ rho: "29/1000" })],
  ["no cost", "H9 noise", withAnswer({ rho: "0", sigmaSquared: "5000" })],
  ["a lower sensitivity", "H9 sensitivity", withAnswer({ delta2Squared: "99" })],
  [
    "more cells than a unit may touch",
    "H9 cells",
    withAnswer({ cellsPerUnit: 4, delta2Squared: "400", sigmaSquared: "20000/3" }),
  ],
  [
    "the same question twice",
    "H9 answer_twice",
    {
      ...release,
      noised: [
        anAnswer({ rho: "1/100", sigmaSquared: "5000" }),
        anAnswer({ rho: "1/100", sigmaSquared: "5000" }),
      ],
    },
  ],
  ["less spent than it cost", "H9 spent", { ...release, budget: { ...budget, spentRho: "2/100" } }],
  [
    "more spent than the cap",
    "H9 overdrawn",
    { ...release, budget: { ...budget, spentRho: "6/100" } },
  ],
  ["a higher cap", "H9 cap", { ...release, budget: { ...budget, capYear: "1/10" } }],
  ["a higher cap of a lifetime", "H9 cap", { ...release, budget: { ...budget, capLife: "1/3" } }],
  ["a phone number", "H10 phone", { ...release, agent: { ...agent, version: "13812345678" } }],
  [
    "a phone number in hex",
    "H10 phone",
    { ...release, agent: { ...agent, version: toHex(utf8("13812345678")) } },
  ],
  [
    "an address in base64",
    "H10 email",
    { ...release, consentBasis: btoa("zhang@example.cn").replaceAll("=", "") },
  ],
  ["a web address", "H10 web_address", { ...release, consentBasis: "factory.com.cn" }],
  ["a code of an enterprise", "H10 uscc", { ...release, consentBasis: "91350100M000100Y43" }],
  [
    "a code of an enterprise in a cell",
    "H10 uscc",
    withAnswer({ values: { "S21:91350100M000100Y43": 1 } }),
  ],
  ["a resident id", "H10 resident_id", { ...release, consentBasis: "11010519491231002X" }],
  [
    "a narrative",
    "H10 narrative",
    { ...release, narratives: [aNarrative("several small makers")] },
  ],
];

function withNullifiers(nullifiers: Uint8Array[]): OutcomeRelease {
  return { ...release, buckets: [aBucket("x", { nullifiers })] };
}

function doubled(nullifiers: readonly Uint8Array[]): Uint8Array[] {
  return nullifiers.map((nullifier, i) => (i === 1 ? (nullifiers[0] as Uint8Array) : nullifier));
}

/** Other records but one. */
function overlapping(): ReleaseBucket {
  const others = nullifiersOf("three", 10).slice(1);
  const shared = bucket.nullifiers[0] as Uint8Array;
  const nullifiers = [...others, shared].sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1));
  return aBucket("three", { nullifiers });
}

function aNarrative(text: string) {
  const approvedBy = sha256Text("role");
  return { bucketId: bucket.bucketId, text, detectors: "det-5", approvedBy };
}

describe("a release with one field changed", () => {
  test.each(EDITS)("%s: %s", (_, expected, edited) => {
    const all = found(received(edited));
    expect(all).toContain(expected);
    expect(new Set(all.map(ruleOf))).toEqual(new Set([ruleOf(expected)]));
  });

  test("covers every rule that one release alone can break", () => {
    const rules = new Set(EDITS.map(([, expected]) => ruleOf(expected)));
    expect(rules).toEqual(new Set(Array.from({ length: 10 }, (_, i) => `H${i + 1}`)));
  });
});

function ruleOf(name: string): string {
  return name.split(" ")[0] as string;
}

describe("H1", () => {
  const place = { epoch: "2025Q3", part: 0 };

  test("takes the first part of any later epoch and the next part of the same", () => {
    expect(found(received(release), context({ chain: { place } }))).toEqual([]);
    const second = { ...release, part: 1, parts: 2 };
    const after = context({ chain: { place: { epoch: "2025Q4", part: 0 } } });
    expect(found(received(second), after)).toEqual([]);
  });

  test.each([
    ["2025Q4", 0],
    ["2026Q1", 0],
  ])("refuses an epoch that is not later than %s", (epoch, part) => {
    const after = context({ chain: { place: { epoch, part } } });
    expect(found(received(release), after)).toEqual(["H1 epoch"]);
  });

  test("refuses a part that is not the next, and one of a new epoch that is not the first", () => {
    const third = { ...release, part: 2, parts: 3 };
    const after = context({ chain: { place: { epoch: "2025Q4", part: 0 } } });
    expect(found(received(third), after)).toEqual(["H1 epoch"]);
    expect(found(received(third))).toEqual(["H1 epoch"]);
  });

  test("refuses a release before its epoch is over", () => {
    const early = received(release, { receivedAtMs: Date.UTC(2026, 0, 1) - 1 });
    expect(found(early)).toEqual(["H1 early"]);
  });

  test("wants the sequence and the hash that the one before gives", () => {
    const lastHash = toHex(sha256Text("before"));
    const after = context({ chain: { nextSeq: 7, lastHash } });
    expect(
      found(received({ ...release, releaseSeq: 7, prevReleaseHash: sha256Text("before") }), after),
    ).toEqual([]);
    expect(found(received(release), after)).toEqual(["H1 seq", "H1 prev_hash"]);
  });

  test("wants the key of the epoch and part", () => {
    expect(found(received(release, { key: "2025Q3" }))).toEqual(["H1 key"]);
    expect(found(received(release, { key: "2025Q4.1" }))).toEqual(["H1 key"]);
    expect(found(received(release, { key: "x" }))).toEqual(["H1 key"]);
  });
});

describe("H2", () => {
  const body = encodeBody("outcome", release);

  test.each([
    [
      "a field that nobody knows",
      concatBytes(body, Uint8Array.of(((100 << 3) & 0x7f) | 0x80, 6, 1)),
    ],
    ["a field twice", concatBytes(body, Uint8Array.of(10, 6), utf8("2025Q4"))],
    ["a default", concatBytes(body, Uint8Array.of(128, 1, 0))],
  ])("refuses %s, which the decoder ignores", (_, bytes) => {
    expect(found(received(release, { body: bytes }))).toEqual(["H2 encoding"]);
  });

  test("refuses a reason that nobody knows", () => {
    const { bucketId } = bucket;
    const fate = { centerId: "aa", state: "sealed", digest: "" } as const;
    const given = context({ buckets: { [toHex(bucketId)]: fate } });
    const taken = { ...release, buckets: [], retracted: [{ bucketId, reason: "because" }] };
    expect(found(received(taken), given)).toEqual(["H2 word"]);
  });
});

test("H3 refuses a level that is too fine for the center", () => {
  const rules = { minLevel: 2 };
  expect(judge(release, context({ rules })).isRefused).toBe(false);
  expect(found(received(release), context({ rules: { minLevel: 3 } }))).toEqual(["H3 level"]);
  expect(found(received(release), context({ rules: { minLevels: { aa: 3 } } }))).toEqual([
    "H3 level",
  ]);
  expect(judge(release, context({ rules: { minLevels: { bb: 3 } } })).isRefused).toBe(false);
});

describe("H6", () => {
  const id = toHex(bucket.bucketId);
  const digest = bucketDigest(bucket);

  test.each([
    ["sealed", "aa", digest, false],
    ["retracted", "aa", digest, false],
    ["refused", "aa", digest, true],
    ["refused", "bb", digest, false],
    ["refused", "aa", toHex(sha256Text("other figures")), false],
  ] as const)(
    "a bucket that is %s of %s may come again unchanged only where it was refused",
    (state, centerId, given, mayCome) => {
      const nullifiers = Object.fromEntries(bucket.nullifiers.map((one) => [toHex(one), id]));
      const past = context({ buckets: { [id]: { state, centerId, digest: given } }, nullifiers });
      expect(found(received(release), past)).toEqual(mayCome ? [] : ["H6 bucket_again"]);
    },
  );

  test("refuses a record that any bucket used before", () => {
    const nullifier = toHex(bucket.nullifiers[3] as Uint8Array);
    const past = context({ nullifiers: { [nullifier]: "ff".repeat(16) } });
    expect(found(received(release), past)).toEqual(["H6 record_again"]);
  });
});

describe("H8", () => {
  const retracted = {
    ...release,
    buckets: [],
    retracted: [{ bucketId: bucket.bucketId, reason: "legal" }],
  };
  const id = toHex(bucket.bucketId);

  test.each([
    ["sealed", "aa", []],
    ["sealed", "bb", ["H8 not_shown"]],
    ["refused", "aa", ["H8 not_shown"]],
    ["retracted", "aa", ["H8 retracted_again"]],
  ] as const)("a bucket that is %s of %s", (state, centerId, expected) => {
    const past = context({ buckets: { [id]: { state, centerId, digest: "" } } });
    expect(found(received(retracted), past)).toEqual(expected);
  });

  test("refuses one twice", () => {
    const past = context({ buckets: { [id]: { state: "sealed", centerId: "aa", digest: "" } } });
    const twice = { ...retracted, retracted: [...retracted.retracted, ...retracted.retracted] };
    expect(found(received(twice), past)).toEqual(["H8 retracted_again"]);
  });
});

describe("H9", () => {
  const answer = anAnswer();
  const name = answerNameOf(answer);

  test("refuses answers without a budget", () => {
    const { budget: _, ...rest } = release;
    expect(found(received(rest))).toEqual(["H9 budget_missing"]);
  });

  test("adds what was spent before, in the year and in all", () => {
    const year = context({ chain: { spent: { 2025: "1/100" } } });
    expect(found(received(release), year)).toEqual(["H9 spent"]);
    const stated = { ...release, budget: { ...budget, spentRho: "4/100" } };
    expect(found(received(stated), year)).toEqual([]);
    const life = context({ chain: { spent: { 2020: "221/1000" } } });
    expect(found(received(release), life)).toEqual(["H9 overdrawn"]);
    expect(found(received(release), context({ chain: { spent: { 2020: "22/100" } } }))).toEqual([]);
  });

  test("takes the same answer again for nothing, and no other answer to the same question", () => {
    const same = context({
      answers: { [name]: answerDigest(answer) },
      chain: { spent: { 2025: "3/100" } },
    });
    expect(found(received(release), same)).toEqual([]);
    const other = context({ answers: { [name]: "00" } });
    expect(found(received(release), other)).toEqual(["H9 answer_changed"]);
  });
});

describe("H10", () => {
  const rules = { narratives: true };

  test.each([
    ["several small makers cut waiting times", []],
    ["几家小型企业缩短了等待时间", []],
    ["call 138 1234 5678", ["H10 phone"]],
    ["电话：０２５-８８８８ ８８８８", ["H10 phone"]],
    ["see www.factory.example", ["H10 web_address"]],
    ["zhang＠factory.example", ["H10 email"]],
    ["代码 9135 0100 M000 100Y 43", []],
    ["saved 120 万元", ["H10 narrative_magnitude"]],
  ])("a narrative: %s", (text, expected) => {
    const told = { ...release, narratives: [aNarrative(text)] };
    expect(found(received(told), context({ rules }))).toEqual(expected);
  });

  test("a narrative is about a bucket of the release that is coarse enough, and approved", () => {
    const { approvedBy: _, ...unapproved } = aNarrative("many");
    const stray = { ...aNarrative("many"), bucketId: new Uint8Array(16) };
    const fine = { ...bucket, level: 1, label: ["S21", "91350100M000100Y43", "C7", "*"] };
    const given = context({ rules });
    expect(found(received({ ...release, narratives: [unapproved] }), given)).toEqual([
      "H10 narrative_approval",
    ]);
    expect(found(received({ ...release, narratives: [stray] }), given)).toEqual([
      "H10 narrative_bucket",
    ]);
    const told = { ...release, buckets: [fine], narratives: [aNarrative("many")] };
    expect(found(received(told), given)).toEqual(["H10 narrative_bucket"]);
  });

  test("refuses Chinese text outside of narratives, also where it is encoded", () => {
    const hidden = toHex(utf8("张三的工厂"));
    expect(found(received({ ...release, consentBasis: hidden }))).toEqual(["H10 han"]);
    expect(found(received({ ...release, consentBasis: "合同" }))).toEqual(["H2 token", "H10 han"]);
  });
});

describe("H12", () => {
  test("is told to curators and refuses nothing", () => {
    const large = { ...release, buckets: [aBucket("a"), aBucket("b"), aBucket("c")] };
    expect(found(received(large), context({ chain: { records: 5 } }))).toEqual(["H12 size_change"]);
    expect(found(received(large), context({ chain: { records: 151 } }))).toEqual([
      "H12 size_change",
    ]);
    expect(found(received(large), context({ chain: { records: 150 } }))).toEqual([]);
    expect(found(received(large), context({ chain: { records: 6 } }))).toEqual([]);
  });

  test("finds buckets that all have exactly k, and sums that are all round", () => {
    const buckets = ["a", "b", "c", "d", "e", "f"].map((name) => aBucket(name));
    const exact = { ...release, policy: { ...policy, k: 10 }, buckets };
    expect(found(received(exact))).toEqual(["H12 all_k"]);
    const kpi = { OEE: { ...oee, sum: 95, sumOfSquares: 1817 } };
    const round = { ...release, buckets: buckets.map((one) => ({ ...one, kpi })) };
    expect(found(received(round))).toEqual(["H12 round_sums"]);
    expect(found(received({ ...release, buckets }))).toEqual([]);
  });
});

test("a release with very many problems keeps the first and says how many more there are", () => {
  const buckets = Array.from({ length: 30 }, (_, i) => aBucket(`b${i}`, { distinct: 1 }));
  const { findings } = judge({ ...release, buckets });
  expect(findings).toHaveLength(MAX_FINDINGS);
  expect(findings.at(-1)).toMatchObject({ rule: "H4", code: "more" });
  expect(findings.at(-1)?.message).toBe("release: 11 more findings are not listed");
});
