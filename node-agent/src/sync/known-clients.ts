/**
 * Which clients the center knows, from all of its sources: texts of cases must name none of them.
 *
 * The sources are read for it before the first record about a client is made, whatever their order, and again when one of
 * them changed. As long as one cannot be read, nothing about clients leaves. What is kept are a digest and what finds
 * the names, in this process only.
 *
 * @module
 */

import { isTributaryError, sha256Text, TributaryError, toHex } from "@tributary/proto";
import type { Detector } from "../privacy/detectors.ts";
import { knownClientsDetector, namingCells } from "../privacy/known-cells.ts";
import type { RowMapper } from "./row-mapper.ts";
import type { SourcePlan } from "./sync-source.ts";

/** Different names, codes and contacts that are kept: those of 100,000 clients and more; about 150 MiB. */
const MAX_KNOWN_CELLS = 500_000;

/** The clients that the center knows. */
export interface KnownNames {
  /** Finds them in a text. */
  readonly known: readonly Detector[];
  /** Differs whenever they do, whatever the order of the sources; empty if there is none. */
  readonly digest: string;
}

const NOBODY: KnownNames = { known: [], digest: "" };

/** A table whose rows name clients. */
interface NamingTable extends Pick<SourcePlan, "sourceId" | "source"> {
  readonly mapper: RowMapper & { readonly clientNames: NonNullable<RowMapper["clientNames"]> };
}

/** Reads which clients the center knows. Use it from one place at a time. */
export class KnownClients {
  readonly #tables: readonly NamingTable[];
  readonly #maxCells: number;
  /** Of the sources when they were read. */
  #fingerprint: string | undefined;
  #names: KnownNames = NOBODY;

  /** @param plans All sources of the center, not only those with cases. */
  constructor(plans: readonly SourcePlan[], { maxCells = MAX_KNOWN_CELLS } = {}) {
    this.#maxCells = maxCells;
    this.#tables = plans.flatMap(({ sourceId, source, mappers }) =>
      mappers.flatMap((mapper) => {
        const { clientNames } = mapper;
        return clientNames === undefined
          ? []
          : [{ sourceId, source, mapper: { ...mapper, clientNames } }];
      }),
    );
  }

  /**
   * The clients known now.
   *
   * @throws {TributaryError} `ERR_PRIVACY` if there are more than can be kept; `ERR_SOURCE_*` if a source cannot be read.
   */
  async names(signal: AbortSignal): Promise<KnownNames> {
    const fingerprint = await this.#fingerprintNow(signal);
    if (fingerprint !== undefined && fingerprint === this.#fingerprint) return this.#names;
    const cells = await this.#read(signal);
    const digest =
      cells.size === 0 ? "" : toHex(sha256Text([...cells].sort().join("\n"))).slice(0, 16);
    if (digest !== this.#names.digest) {
      // Let go of first: two of them need not fit into memory.
      this.#names = NOBODY;
      this.#fingerprint = undefined;
      this.#names = digest === "" ? NOBODY : { known: [knownClientsDetector(cells)], digest };
    }
    this.#fingerprint = fingerprint;
    return this.#names;
  }

  /** Undefined if a source cannot tell cheaply whether it changed. */
  async #fingerprintNow(signal: AbortSignal): Promise<string | undefined> {
    const parts: string[] = [];
    for (const { sourceId, source, mapper } of this.#tables) {
      const content = await told(sourceId, () => source.fingerprint(signal));
      if (content === undefined) return undefined;
      parts.push(sourceId, mapper.table, toHex(mapper.mappingId), content);
    }
    return JSON.stringify(parts);
  }

  async #read(signal: AbortSignal): Promise<Set<string>> {
    const cells = new Set<string>();
    for (const { sourceId, source, mapper } of this.#tables) {
      await told(sourceId, async () => {
        for await (const row of source.read(mapper.table, signal)) {
          for (const cell of namingCells(mapper.clientNames(row))) {
            // A cell is a part of a longer piece of the file, and would keep all of it in memory.
            if (!cells.has(cell)) cells.add(JSON.parse(JSON.stringify(cell)));
          }
          if (cells.size > this.#maxCells) throw tooMany(cells.size, this.#maxCells);
        }
      });
    }
    return cells;
  }
}

/** What `work` returns; an error of the source says what it stops. */
async function told<Result>(sourceId: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (!isTributaryError(cause) || !cause.code.startsWith("ERR_SOURCE_")) throw cause;
    throw new TributaryError(
      cause.code,
      `nothing about clients leaves until source ${sourceId} can be read, since it names clients: ${cause.message}`,
      {
        messageZh: `数据源 ${sourceId} 含有客户名称，在其可读之前不发布任何涉及客户的内容：${cause.messageZh}`,
        cause,
      },
    );
  }
}

function tooMany(value: number, limit: number): TributaryError {
  return new TributaryError(
    "ERR_PRIVACY",
    `the sources name more clients than can be kept: over ${limit} different names, codes and contacts; nothing about clients leaves. Take columns that name nobody out of never`,
    {
      messageZh: `各数据源中的客户名称、代码和联系方式超过 ${limit} 个，无法全部保存；已停止发布涉及客户的内容。请将不含名称的列移出 never`,
      details: { limit, value },
    },
  );
}
