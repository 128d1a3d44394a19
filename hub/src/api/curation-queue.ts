/**
 * The curation queue: everything that waits for a decision, in one order, by page.
 *
 * @module
 */

import {
  decodeLogEntry,
  QUEUE_REASONS,
  type QueueItem,
  type QueuePage,
  type QueueQuery,
  TributaryError,
} from "@tributary/proto";
import { z } from "zod";
import type { MerkleLog } from "../log/merkle-log.ts";
import type { MemberRegistry } from "../members/registry.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { CatalogStatus } from "./catalog-status.ts";
import { type CoverageOptions, CoverageReader } from "./query-coverage.ts";
import { pageTokenOf, placeOfPage } from "./query-page-token.ts";
import { queueItemOf } from "./queue-item.ts";
import { type Waiting, waitingInCatalog, waitingMembers } from "./queue-waiting.ts";

export interface CurationQueueOptions extends CoverageOptions {
  readonly catalog: Pick<CatalogStore, "fact" | "facts" | "factsNamed" | "getMany">;
  readonly status: Pick<CatalogStatus, "centers">;
  readonly registry: Pick<MemberRegistry, "list">;
  readonly log: Pick<MerkleLog, "entry">;
}

const DEFAULT_PAGE = 100;
const MAX_PAGE = 500;
/** Bytes of what is shown after which a page ends; below what one gRPC message may carry. */
const MAX_PAGE_BYTES = 2 ** 20;
const ORDERS = ["value", "age"] as const;
type Order = (typeof ORDERS)[number];

const queuePlace = z.strictObject({ value: z.number(), sinceMs: z.number(), id: z.string() });
type Place = z.infer<typeof queuePlace>;

/** Reads what waits in the catalog when that has changed, and pages through it. */
export class CurationQueue {
  readonly #options: CurationQueueOptions;
  readonly #coverage: CoverageReader;
  #inCatalog: Promise<readonly Waiting[]> | undefined;
  /** Position at which `#inCatalog` was read. */
  #readAt = -1;

  constructor(options: CurationQueueOptions) {
    this.#options = options;
    this.#coverage = new CoverageReader(options);
  }

  /** @throws {TributaryError} `ERR_ARGUMENT_INVALID`, `ERR_PAGE_TOKEN`. */
  async page(query: QueueQuery, signal: AbortSignal): Promise<QueuePage> {
    const { pageSize, order, reasons, centerId, id } = checked(query);
    const after = placeOfPage(query.pageToken, { queue: order, reasons, centerId, id }, queuePlace);
    const all = (await this.#waiting()).filter((waiting) => {
      const isOfCenter = centerId === "" || waiting.centerIds.includes(centerId);
      return isOfCenter && (id === "" || waiting.id === id);
    });
    const compare = COMPARE[order];
    const wanted = all
      .filter(({ reason }) => reasons.length === 0 || reasons.includes(reason))
      .filter((waiting) => after === undefined || compare(waiting, after) > 0)
      .sort(compare);
    const view = { catalog: this.#options.catalog, board: await this.#coverage.board() };
    const items: QueueItem[] = [];
    let looked = 0;
    let bytes = 0;
    for (const waiting of wanted) {
      signal.throwIfAborted();
      if (items.length >= pageSize || bytes >= MAX_PAGE_BYTES) break;
      const item = await queueItemOf(waiting, view);
      looked += 1;
      if (item === undefined) continue;
      items.push(item);
      bytes += JSON.stringify(item).length;
    }
    const last = wanted[looked - 1];
    const isEnd = last === undefined || looked === wanted.length;
    return {
      items,
      nextPageToken: isEnd
        ? ""
        : pageTokenOf(placeOf(last), { queue: order, reasons, centerId, id }),
      counts: QUEUE_REASONS.map((reason) => ({
        reason,
        count: all.filter((waiting) => waiting.reason === reason).length,
      })),
    };
  }

  async #waiting(): Promise<readonly Waiting[]> {
    const { status, registry } = this.#options;
    const members = registry.list();
    const shown = { records: 0, members: 0 };
    for (const { live } of (await status.centers()).values()) shown.records += live;
    shown.members = members.filter(({ state }) => state === "approved").length;
    return [...waitingMembers(members, shown), ...(await this.#waitingInCatalog())];
  }

  #waitingInCatalog(): Promise<readonly Waiting[]> {
    const { catalog, catalogPosition, log } = this.#options;
    const position = catalogPosition();
    if (this.#inCatalog === undefined || position !== this.#readAt) {
      this.#readAt = position;
      this.#inCatalog = waitingInCatalog(catalog, async (at) => {
        return decodeLogEntry((await log.entry(at)).entry).receivedAtMs;
      });
      this.#inCatalog.catch(() => {
        this.#inCatalog = undefined;
      });
    }
    return this.#inCatalog;
  }
}

function checked(query: QueueQuery) {
  const { reasons, centerId, id } = query;
  const pageSize = query.pageSize || DEFAULT_PAGE;
  if (pageSize > MAX_PAGE) {
    throw invalid(
      `a page has at most ${MAX_PAGE} items, not ${pageSize}`,
      `每页最多 ${MAX_PAGE} 项，请求为 ${pageSize}`,
    );
  }
  const unknown = reasons.find((reason) => !QUEUE_REASONS.some((known) => known === reason));
  if (unknown !== undefined) {
    throw invalid(
      `a reason is one of ${QUEUE_REASONS.join(", ")}, not ${unknown}`,
      `原因须为 ${QUEUE_REASONS.join("、")} 之一，收到 ${unknown}`,
    );
  }
  const order = query.order || "value";
  if (!isOrder(order)) {
    throw invalid(
      `the order is value or age, not ${order}`,
      `排序须为 value 或 age，收到 ${order}`,
    );
  }
  return { pageSize, order, reasons, centerId, id };
}

function isOrder(order: string): order is Order {
  return ORDERS.some((known) => known === order);
}

const byValue = (a: Place, b: Place) => b.value - a.value;
const byAge = (a: Place, b: Place) => a.sinceMs - b.sinceMs;
const byId = (a: Place, b: Place) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** What waits longest decides between equal values, and the other way round. */
const COMPARE: Readonly<Record<Order, (a: Place, b: Place) => number>> = {
  value: (a, b) => byValue(a, b) || byAge(a, b) || byId(a, b),
  age: (a, b) => byAge(a, b) || byValue(a, b) || byId(a, b),
};

function placeOf({ value, sinceMs, id }: Waiting): Place {
  return { value, sinceMs, id };
}

function invalid(message: string, messageZh: string): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", message, { messageZh });
}
