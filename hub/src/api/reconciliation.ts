/**
 * The W3C Reconciliation Service API 0.2 over entities: a center's list of names, as OpenRefine sends it, is answered with the
 * providers that they may mean.
 *
 * Candidates come from the search index; how well they fit is the evidence of Fellegi and Sunter, with the weights that training
 * begins with, so that an answer does not change when a model is trained. Readers see what they see elsewhere.
 *
 * @see https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
 * @module
 */

import { escapeHtml, parseSearchQuery, type RecordView, TributaryError } from "@tributary/proto";
import { z } from "zod";
import { THRESHOLDS } from "../catalog/entities/decision.ts";
import {
  evidenceBits,
  evidenceOf,
  type Model,
  probabilityOf,
  vetoOf,
  type Weighed,
  weigh,
} from "../catalog/entities/model.ts";
import { prepare } from "../catalog/entities/prepare.ts";
import { compareIds, type EntityRecord, PROVIDER_SCHEMA } from "../catalog/entities/record.ts";
import { trainModel } from "../catalog/entities/train.ts";
import { providerRecordOf } from "../catalog/provider-record.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { Reader } from "../ports/search-index.ts";
import type { EntityApi } from "./entity-api.ts";
import type { QueryApi } from "./query.ts";

/** A provider that a query may mean. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** 0 to 100: the probability that it is meant. */
  readonly score: number;
  /** True for at most one: heavy enough to be linked without a person, and 2 bits before the next. */
  readonly match: boolean;
  readonly type: readonly { readonly id: string; readonly name: string }[];
  /** Weights that the score is the sum of, in bits. */
  readonly features: readonly { readonly id: string; readonly value: number }[];
}

/** Answers by the names of the queries. */
export type ReconciliationAnswers = Readonly<
  Record<string, { readonly result: readonly Candidate[] }>
>;

/** What a suggest service answers. */
export interface Suggestions {
  readonly result: readonly {
    readonly id: string;
    readonly name: string;
    readonly description?: string;
  }[];
}

export interface ReconciliationOptions {
  readonly catalog: Pick<CatalogStore, "getMany">;
  readonly search: QueryApi["search"];
  readonly entity: Pick<EntityApi, "getEntity">;
  /** Host name and path of the hub's log. */
  readonly hubOrigin: string;
}

export type Reconciliation = ReturnType<typeof createReconciliation>;

const MAX_QUERIES = 50;
const MAX_CANDIDATES = 20;
const DEFAULT_CANDIDATES = 5;
const MAX_TEXT = 200;
/** Records that are looked at for each query. */
const HITS = 50;
const PROVIDER = [{ id: "provider", name: "Provider 服务商" }];

/** What a query can say beside a name, and where a provider record has it. */
const PROPERTIES: readonly { readonly id: string; readonly name: string }[] = [
  { id: "uscc", name: "Unified social credit code 统一社会信用代码" },
  { id: "website", name: "Website 网站" },
  { id: "city", name: "Region, GB/T 2260 地区代码" },
];

const propertyValue = z.union([z.string(), z.number(), z.looseObject({ id: z.string() })]);
const querySchema = z.looseObject({
  query: z.string().trim().min(1).max(MAX_TEXT),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  limit: z.number().int().min(1).optional(),
  properties: z
    .array(
      z.looseObject({
        pid: z.string(),
        v: z.union([propertyValue, z.array(propertyValue)]),
      }),
    )
    .max(20)
    .default([]),
});
type Query = z.infer<typeof querySchema>;
const batchSchema = z.record(z.string().max(MAX_TEXT), querySchema);

export function createReconciliation(options: ReconciliationOptions) {
  const { catalog, entity, hubOrigin } = options;
  const model = trainModel(PROVIDER_SCHEMA, []);

  return {
    /** @param base Address of the hub, as the caller knows it. */
    manifest(base: string): object {
      return {
        versions: ["0.2"],
        name: `Tributary 汇流 ${hubOrigin}`,
        identifierSpace: `https://${hubOrigin}/entity/`,
        schemaSpace: `https://${hubOrigin}/schema/`,
        defaultTypes: PROVIDER,
        preview: { url: `${base}/reconcile/preview?id={{id}}`, width: 430, height: 220 },
        suggest: {
          entity: { service_url: base, service_path: "/reconcile/suggest/entity" },
          property: { service_url: base, service_path: "/reconcile/suggest/property" },
        },
      };
    },

    /**
     * Candidates for each query of a batch.
     *
     * @param queries Attacker-controlled: JSON of a query batch, at most 50 queries.
     * @throws {TributaryError} `ERR_QUERY_INVALID` if it is none.
     */
    async answer(
      queries: string,
      reader: Reader,
      signal: AbortSignal,
    ): Promise<ReconciliationAnswers> {
      const answers: [string, { readonly result: readonly Candidate[] }][] = [];
      for (const [name, query] of Object.entries(batchOf(queries))) {
        answers.push([name, { result: await candidatesOf(query, reader, signal) }]);
      }
      return Object.fromEntries(answers);
    },

    /** Providers whose names have the words of a prefix. */
    async suggestEntity(prefix: string, reader: Reader, signal: AbortSignal): Promise<Suggestions> {
      const text = prefix.trim().slice(0, MAX_TEXT);
      if (text === "") return { result: [] };
      const entities = [...byEntity(await hitsOf(text, reader, signal))];
      return {
        result: entities
          .slice(0, MAX_CANDIDATES)
          .map(([id, [first]]) => ({ id, ...namesOf(first as RecordView) })),
      };
    },

    /** Properties whose name or id has a text. */
    suggestProperty(prefix: string): Suggestions {
      const text = prefix.trim().toLowerCase();
      return {
        result: PROPERTIES.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(text)),
      };
    },

    /** A small page about an entity. @throws {TributaryError} what `getEntity` throws. */
    async preview(id: string, reader: Reader): Promise<string> {
      const answer = await entity.getEntity({ id }, reader);
      const { name, uscc, members } = answer.entity;
      const rows = members
        .slice(0, 5)
        .map(
          ({ record }) => `<li>${escapeHtml(record.centerName)}: ${escapeHtml(record.title)}</li>`,
        );
      const title = escapeHtml(name);
      return [
        `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>${title}</title></head><body>`,
        `<h1>${title}</h1><p>${escapeHtml(uscc)}</p><ul>${rows.join("")}</ul>`,
        "</body></html>",
      ].join("\n");
    },
  };

  async function hitsOf(
    text: string,
    reader: Reader,
    signal: AbortSignal,
  ): Promise<readonly RecordView[]> {
    const filters = [{ field: "kind", values: ["provider"] }];
    const query = parseSearchQuery({ query: text, filters, pageSize: HITS });
    const { hits } = await options.search(query, reader, signal);
    return hits.map(({ record }) => record);
  }

  async function candidatesOf(
    query: Query,
    reader: Reader,
    signal: AbortSignal,
  ): Promise<readonly Candidate[]> {
    const types = [query.type ?? []].flat();
    if (types.length > 0 && !types.includes("provider")) return [];
    const asked = recordOf(query);
    const texts = new Set([query.query, ...(asked.values["uscc"] ? [asked.values["uscc"]] : [])]);
    const views: RecordView[] = [];
    for (const text of texts) views.push(...(await hitsOf(text, reader, signal)));
    const rows = await catalog.getMany(views.map(({ ref }) => ref));
    const left = weighed(model, asked);
    const best = new Map<string, Scored>();
    for (const [i, view] of views.entries()) {
      const row = rows[i];
      const record = row && providerRecordOf(row, undefined);
      if (record === undefined || view.entityId === "") continue;
      const right = weighed(model, record);
      const bits = model.priorBits + evidenceBits(model, left, right);
      if ((best.get(view.entityId)?.bits ?? Number.NEGATIVE_INFINITY) >= bits) continue;
      const isForbidden = vetoOf(model, left, right) !== undefined;
      best.set(view.entityId, { view, right, bits, isForbidden });
    }
    const ranked = [...best].sort(([a, x], [b, y]) => y.bits - x.bits || compareIds(a, b));
    const [first, second] = ranked.map(([, scored]) => scored);
    const isSure =
      first !== undefined &&
      !first.isForbidden &&
      first.bits >= THRESHOLDS.autoBits &&
      first.bits - (second?.bits ?? Number.NEGATIVE_INFINITY) >= THRESHOLDS.marginBits;
    const limit = Math.min(query.limit ?? DEFAULT_CANDIDATES, MAX_CANDIDATES);
    return ranked.slice(0, limit).map(([id, { view, right, bits }], i) => ({
      id,
      ...namesOf(view),
      score: 100 * probabilityOf(bits),
      match: i === 0 && isSure,
      type: PROVIDER,
      features: evidenceOf(model, left, right).map(({ comparison, bits: value }) => ({
        id: comparison,
        value,
      })),
    }));
  }
}

interface Scored {
  readonly view: RecordView;
  readonly right: Weighed;
  readonly bits: number;
  /** A rule stands against a link without a person. */
  readonly isForbidden: boolean;
}

function weighed(model: Model, record: EntityRecord): Weighed {
  return weigh(model, prepare(model.comparisons, record));
}

/** What the query says, as a record that no center published. */
function recordOf({ query, properties }: Query): EntityRecord {
  const values: Record<string, string> = { name: query };
  for (const { pid, v } of properties) {
    const [value] = [v].flat();
    const text = typeof value === "object" ? value.id : String(value ?? "");
    if (text !== "" && PROPERTIES.some(({ id }) => id === pid))
      values[pid] = text.slice(0, MAX_TEXT);
  }
  return { id: "", source: "", since: 0, values };
}

/** Views by their entity, in the order of the first of each; those of none are left out. */
function byEntity(views: readonly RecordView[]): ReadonlyMap<string, readonly RecordView[]> {
  const entities = new Map<string, RecordView[]>();
  for (const view of views) {
    if (view.entityId === "") continue;
    entities.set(view.entityId, [...(entities.get(view.entityId) ?? []), view]);
  }
  return entities;
}

function namesOf({ title, centerName }: RecordView) {
  return { name: title, description: centerName };
}

function batchOf(text: string): z.infer<typeof batchSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid(`queries is no JSON: ${error.message}`, "queries 不是有效的 JSON");
  }
  const result = batchSchema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = issue?.path.join(".") ?? "";
    throw invalid(`queries.${where}: ${issue?.message}`, `queries.${where} 无效`);
  }
  const count = Object.keys(result.data).length;
  if (count > MAX_QUERIES) {
    throw invalid(
      `a batch has at most ${MAX_QUERIES} queries, not ${count}`,
      `每批最多 ${MAX_QUERIES} 个查询，收到 ${count} 个`,
    );
  }
  return result.data;
}

function invalid(message: string, messageZh: string): TributaryError {
  return new TributaryError("ERR_QUERY_INVALID", message, { messageZh });
}
