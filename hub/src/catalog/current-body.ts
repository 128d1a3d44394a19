/**
 * Bodies with the codes that terms were merged into: what is compared, counted and matched is read through this.
 *
 * The center's record stays what it is; this is a reading of it.
 *
 * @module
 */

import type { Body, BodyOf, RecordKind } from "@tributary/proto";
import type { SchemeName } from "@tributary/proto/vocabulary";
import type { Taxonomy } from "./taxonomy.ts";

/** Reads a code as another one of its scheme, or as itself. */
type ReadCode = (scheme: SchemeName, code: string) => string;

/** Fields that hold codes of schemes that may be changed; a dot leads into a part, or into each of a list. */
const CODES: { readonly [Kind in RecordKind]: Readonly<Record<string, SchemeName>> } = {
  center: { centerType: "centerType", scenarios: "scenario", "services.service": "serviceType" },
  provider: {
    providerTypes: "providerType",
    sizeBand: "sizeBand",
    scenarios: "scenario",
    systems: "systemType",
    services: "serviceType",
    "products.kind": "systemType",
  },
  case: {
    scenarios: "scenario",
    systems: "systemType",
    "client.sizeBand": "sizeBand",
    "outcomes.kpi": "kpi",
  },
  policy: { level: "policyLevel", status: "policyStatus", targetSizes: "sizeBand" },
  training: { scenarios: "scenario" },
  event: { eventType: "eventType" },
  demand: { scenarios: "scenario", currentSystems: "systemType", "client.sizeBand": "sizeBand" },
  voucher_programme: {},
  outcome: {},
};

/** The body as it is read now. */
export function currentBody<B extends Body>(body: B, taxonomy: Taxonomy): B {
  if (taxonomy.terms.every(({ into }) => into === "")) return body;
  return withCodes(body, (scheme, code) => taxonomy.codeOf(scheme, code));
}

/** Whether a body has a code of a scheme that is wanted. */
export function hasCode(
  body: Body,
  scheme: SchemeName,
  isWanted: (code: string) => boolean,
): boolean {
  let has = false;
  withCodes(body, (of, code) => {
    has ||= of === scheme && isWanted(code);
    return code;
  });
  return has;
}

function withCodes<B extends Body>(body: B, read: ReadCode): B {
  let value: unknown = body.value;
  for (const [path, scheme] of Object.entries(CODES[body.kind])) {
    value = readAt(value, path.split("."), (code) => read(scheme, code));
  }
  if (body.kind === "outcome") value = withBuckets(body.value, read);
  return { ...body, value } as B;
}

function readAt(value: unknown, path: readonly string[], read: (code: string) => string): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item) => readAt(item, path, read)))];
  const [first, ...rest] = path;
  if (first === undefined) return typeof value === "string" ? read(value) : value;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, first)) return value;
  const inner = (value as Readonly<Record<string, unknown>>)[first];
  return { ...value, [first]: readAt(inner, rest, read) };
}

/** Buckets are labelled by scenario, which may be generalised, and count effects by code. */
function withBuckets(body: BodyOf<"outcome">, read: ReadCode): BodyOf<"outcome"> {
  const { buckets } = body;
  if (buckets === undefined) return body;
  return {
    ...body,
    buckets: buckets.map(({ label: [scenario = "", ...others], kpi, ...rest }) => ({
      ...rest,
      label: [read("scenario", scenario), ...others],
      ...(kpi !== undefined && { kpi: withEffects(kpi, read) }),
    })),
  };
}

/**
 * The figures of one bucket are of the same engagements: two effects that became one are not added up, and what was
 * published under the code itself counts.
 */
function withEffects<Figures>(
  kpi: Readonly<Record<string, Figures>>,
  read: ReadCode,
): Record<string, Figures> {
  const merged = Object.entries(kpi).map(
    ([code, figures]) => [read("kpi", code), code, figures] as const,
  );
  // Those that keep their code come last and win.
  merged.sort(([a, codeA], [b, codeB]) => Number(a === codeA) - Number(b === codeB));
  return Object.fromEntries(merged.map(([code, , figures]) => [code, figures]));
}
