/**
 * Vectors of names, records and bodies.
 *
 * @module
 */

import {
  type Body,
  concatBytes,
  encodeBody,
  encodeRecord,
  leafHash,
  type RecordRef,
  type RecordValue,
  urnOf,
  utf8,
} from "@tributary/proto";
import { toVector, type VectorFile } from "./json.ts";
import { delimited, number, varint } from "./wire.ts";

const salt = Uint8Array.from({ length: 16 }, (_, i) => i);

const bodies: readonly (Body & { readonly name: string })[] = [
  {
    name: "a provider with its code, products and capital",
    kind: "provider",
    value: {
      uscc: "91360100MA35XXXX0A",
      usccCheck: "invalid",
      name: "江西云帆智造科技有限公司",
      nameEn: "Yunfan Smart Manufacturing",
      region: "360100",
      registeredCapital: { amount: 10_000_000, currency: "CNY" },
      employees: 0,
      industries: ["C33"],
      scenarios: ["S01", "S17"],
      products: [{ name: "云帆 MES", kind: "mes", interfaces: ["OPC UA"] }],
      website: "https://yunfan.example/",
    },
  },
  {
    name: "a case with an effect",
    kind: "case",
    value: {
      title: "铜箔车间质量追溯",
      client: { industry: "C32", region: "360100", sizeBand: "medium" },
      providers: [{ name: "云帆智造", role: "lead" }],
      started: "2024Q2",
      outcomes: [
        { kpi: "DEFECT_RATE", valueKind: "relative", value: -12.5, unit: "pct", op: "eq", n: 1 },
      ],
    },
  },
  {
    name: "a policy",
    kind: "policy",
    value: {
      title: "制造业数字化转型奖补办法",
      docNo: "赣工信字〔2025〕7号",
      level: "provincial",
      issuedOn: "2025-03-01",
      ratioMax: 0.3,
    },
  },
  {
    name: "a center",
    kind: "center",
    value: {
      name: "江西铜产业数字化转型促进中心",
      centerType: "industry",
      operatorIsProvider: true,
      services: [{ service: "diagnosis", intensity: 5 }],
    },
  },
  { name: "a training", kind: "training", value: { title: "设备联网实训", hours: 6.5, feeCny: 0 } },
  { name: "an event", kind: "event", value: { title: "供需对接会", heldOn: "2025-05", leads: 12 } },
  { name: "a demand", kind: "demand", value: { title: "寻找 MES", maturityLevel: 2 } },
  {
    name: "a voucher programme",
    kind: "voucher_programme",
    value: { title: "转型券", ratio: 0.5, issued: 200 },
  },
  {
    name: "an outcome release with one sealed bucket and one noised answer",
    kind: "outcome",
    value: {
      epoch: "2026Q1",
      releaseSeq: 1,
      prevReleaseHash: new Uint8Array(32).fill(7),
      hierarchies: { gbt4754: new Uint8Array(32).fill(8) },
      policy: { policyId: "pol-3", k: 5, l: 3, shareCap: "3/5", techniques: ["aggregation"] },
      buckets: [
        {
          bucketId: new Uint8Array(16).fill(1),
          level: 2,
          label: ["F1.S2", "P017", "C", "*"],
          n: 5,
          distinct: 5,
          kpi: {
            OTD: {
              n: 5,
              sum: -3,
              sumOfSquares: 19,
              histogram: [0, 1, 2, 2, 0],
              clipLow: -50,
              clipHigh: 50,
            },
          },
          cost: [1, 4],
          nullifiers: [1, 2, 3, 4, 5].map((n) => new Uint8Array(32).fill(n)),
          commitment: new Uint8Array(32).fill(9),
        },
      ],
      noised: [
        {
          queryId: new Uint8Array(32).fill(3),
          statistic: "sum",
          rho: "3/100",
          sigmaSquared: "5000/3",
          values: { cell: -4 },
        },
      ],
    },
  },
];

const text = (field: number, value: string) => delimited(field, utf8(value));

const badBodies: readonly { name: string; kind: Body["kind"]; bytes: Uint8Array }[] = [
  { name: "no name", kind: "provider", bytes: text(7, "360100") },
  { name: "no bytes at all", kind: "case", bytes: new Uint8Array() },
  { name: "a string that is not UTF-8", kind: "policy", bytes: delimited(1, Uint8Array.of(0xff)) },
  { name: "a field that is cut", kind: "policy", bytes: Uint8Array.of(0x0a, 5, 65) },
  { name: "the wrong wire type", kind: "policy", bytes: number(1, 1) },
  { name: "a group", kind: "policy", bytes: Uint8Array.of(0x0b, 0x0c) },
  {
    name: "a web address that runs",
    kind: "provider",
    bytes: concatBytes(text(3, "甲"), text(21, "javascript:alert(1)")),
  },
  {
    name: "a day that does not exist",
    kind: "event",
    bytes: concatBytes(text(1, "会"), text(4, "2025-02-30")),
  },
  {
    name: "a client's name without consent",
    kind: "case",
    bytes: concatBytes(text(1, "案例"), text(5, "某厂")),
  },
];

/** Bodies: encoded from a value and back; and what is refused. */
export function bodyVectors(): VectorFile {
  return {
    description:
      "Bodies. valid: value and bytes belong together, in both directions. tolerated: decodes to value, but is not what an encoder writes. invalid: decoding is refused with code.",
    valid: bodies.map(({ name, kind, value }) => ({
      name,
      kind,
      value: toVector(value),
      bytes: toVector(encodeBody(kind, value as never)),
    })),
    tolerated: [
      {
        name: "a field of a later version is ignored",
        kind: "demand",
        value: { title: "寻找 MES" },
        bytes: toVector(concatBytes(text(1, "寻找 MES"), text(400, "later"))),
      },
    ],
    invalid: badBodies.map(({ name, kind, bytes }) => ({
      name,
      kind,
      bytes: toVector(bytes),
      code: "ERR_BODY_MALFORMED",
    })),
  };
}

const small: RecordValue = {
  salt,
  kind: "training",
  key: "2025/实训 01",
  operation: "upsert",
  revision: 1n,
  visibility: "public",
  visibleTo: [],
  license: "CC-BY-4.0",
  body: encodeBody("training", { title: "设备联网实训" }),
};

const full: RecordValue = {
  ...small,
  kind: "provider",
  key: "91360100MA35XXXX0A",
  revision: 2n ** 64n - 1n,
  visibility: "centers",
  visibleTo: ["chengdu", "jiangxi-sme"],
  validUntilMs: 1_798_761_600_000,
  provenance: {
    sourceId: "suppliers",
    table: "2025年",
    row: 4,
    mappingId: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    readAtMs: 1_767_225_600_000,
  },
};

const withdrawn: RecordValue = {
  ...small,
  operation: "withdraw",
  revision: 2n,
  body: new Uint8Array(),
};

/** Encodes without the checks. Field numbers are those of record.proto. */
function raw(change: {
  readonly fields?: Readonly<Record<number, Uint8Array>>;
  readonly after?: Uint8Array;
}): Uint8Array {
  const fields: Record<number, Uint8Array> = {
    1: delimited(1, salt),
    2: number(2, 5),
    3: text(3, "k1"),
    4: number(4, 1),
    5: number(5, 1),
    6: number(6, 1),
    ...change.fields,
  };
  return concatBytes(...Object.values(fields), change.after ?? new Uint8Array());
}

const none = new Uint8Array();

const badRecords: Readonly<Record<string, Uint8Array>> = {
  "a salt of 15 bytes": raw({ fields: { 1: delimited(1, salt.subarray(1)) } }),
  "no kind": raw({ fields: { 2: none } }),
  "a kind of a later version": raw({ fields: { 2: number(2, 99) } }),
  "no key": raw({ fields: { 3: none } }),
  "a key that ends in a space": raw({ fields: { 3: text(3, "k1 ") } }),
  "a key with a control character": raw({ fields: { 3: text(3, "k\u00001") } }),
  "a key of 129 bytes": raw({ fields: { 3: text(3, "k".repeat(129)) } }),
  "no operation": raw({ fields: { 4: none } }),
  "revision 0": raw({ fields: { 5: none } }),
  "no visibility": raw({ fields: { 6: none } }),
  "readers without visibility centers": raw({ after: text(7, "chengdu") }),
  "visibility centers without readers": raw({ fields: { 6: number(6, 3) } }),
  "readers out of order": raw({
    fields: { 6: number(6, 3) },
    after: concatBytes(text(7, "b1"), text(7, "a1")),
  }),
  "a reader twice": raw({
    fields: { 6: number(6, 3) },
    after: concatBytes(text(7, "a1"), text(7, "a1")),
  }),
  "a body with a withdrawal": raw({ fields: { 4: number(4, 2) }, after: delimited(10, salt) }),
  "an explicit default": raw({ after: text(8, "") }),
  "an unknown field": raw({ after: text(12, "x") }),
  "a field twice": raw({ after: text(3, "k1") }),
  "fields out of order": concatBytes(raw({ fields: { 1: none } }), delimited(1, salt)),
  "an over-long varint": raw({ fields: { 5: number(5, 1, 1) } }),
  "an over-long length": raw({ fields: { 3: delimited(3, utf8("k1"), 1) } }),
  "a cut end": raw({}).subarray(0, -1),
  "a length of 2^32, which some decoders read as 0": raw({
    after: concatBytes(Uint8Array.of(0x52), varint(2 ** 32)),
  }),
  "no bytes at all": none,
  "a provenance without a mapping": raw({ after: delimited(11, text(1, "src1")) }),
};

/** Records: the envelope. */
export function recordVectors(): VectorFile {
  const valid = {
    "as small as it gets": small,
    "with every field": full,
    "a withdrawal": withdrawn,
  };
  return {
    description:
      "Records. valid: value and bytes belong together, in both directions; leafHash is SHA-256(0x00 || bytes). invalid: decoding is refused with code.",
    valid: Object.entries(valid).map(([name, value]) => {
      const bytes = encodeRecord(value);
      return {
        name,
        value: toVector(value),
        bytes: toVector(bytes),
        leafHash: toVector(leafHash(bytes)),
      };
    }),
    invalid: Object.entries(badRecords).map(([name, bytes]) => ({
      name,
      bytes: toVector(bytes),
      code: "ERR_RECORD_MALFORMED",
    })),
  };
}

const refs: readonly RecordRef[] = [
  { centerId: "jiangxi-copper", kind: "provider", key: "91360100MA35XXXX0A" },
  { centerId: "a1", kind: "voucher_programme", key: "转型券/2025 (第1批)" },
  { centerId: "a1", kind: "case", key: "~-._!'()*:@&=+$,;%" },
];

/** Identifiers, keys, origins and URNs. */
export function nameVectors(): VectorFile {
  const longest = `a${"-b".repeat(31)}`;
  return {
    description:
      "Names. identifiers, recordKeys and origins: whether the text is one. urns: ref and urn belong together, in both directions. badUrns: parsing is refused with code.",
    identifiers: {
      valid: ["ab", "a1", "1a", "jiangxi-copper", "a-b-c", longest, "a".repeat(63)],
      invalid: ["", "a", "A1", "a--b", "-ab", "ab-", "a_b", "a b", "江西", "a".repeat(64), "ab\n"],
    },
    recordKeys: {
      valid: ["a", "甲", "a b", "2025/01", "k".repeat(128), "甲".repeat(42), "a:b%"],
      invalid: [
        "",
        " a",
        "a ",
        "\u3000a",
        "a\n",
        "a\u0000b",
        "a\u0085b",
        "k".repeat(129),
        "甲".repeat(43),
      ],
    },
    origins: {
      valid: ["a", "hub.example", "hub.example/tributary", "127.0.0.1:7443", "h-1_2/x"],
      invalid: [
        "",
        "Hub.example",
        "hub example",
        "hub+1",
        "https://",
        "hub/",
        "枢纽",
        "a\n",
        "a".repeat(256),
      ],
    },
    urns: refs.map((ref) => ({ ref, urn: urnOf(ref) })),
    badUrns: [
      "",
      "urn:dth:a1:provider",
      "urn:dth:a1:provider:",
      "urn:dth:a1:nothing:k",
      "urn:dth:A1:provider:k",
      "urn:dth:a1:provider:k:l",
      "urn:dth:a1:provider:%6b",
      "urn:dth:a1:provider:%e7%94%b2",
      "urn:dth:a1:provider:甲",
      "urn:dth:a1:provider:a b",
      "urn:dth:a1:provider:%ff",
      "urn:dth:a1:provider:%2",
      "urn:dth:a1:provider:%20k",
      "URN:dth:a1:provider:k",
      "urn:isbn:a1:provider:k",
    ].map((urn) => ({ urn, code: "ERR_URN_MALFORMED" })),
  };
}

export { full, small, withdrawn };
