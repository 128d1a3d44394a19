/**
 * One complete read of one source: which rows changed, what becomes of them, and what is no longer there.
 *
 * Rows stream through; batches are signed while the source is still being read. Where a mass change has to be ruled out
 * first, drafts are set aside on disk until the read is complete. Withdrawals come last and only after a complete read:
 * a read that is interrupted withdraws nothing.
 *
 * @module
 */

import {
  type Clock,
  equalBytes,
  isTributaryError,
  MAX_NATS_FRAME_BYTES,
  TARGET_BATCH_BYTES,
  TARGET_BATCH_RECORDS,
  TributaryError,
} from "@tributary/proto";
import type { Feed } from "../feed/feed.ts";
import { contentHashOf, type RecordDraft } from "../feed/record-draft.ts";
import type { FeedStore, LocalRef, RecordState, RowChange } from "../ports/feed-store.ts";
import type { SourceRow } from "../ports/source.ts";
import { type GatePolicy, isAboutClient } from "../privacy/client-gate.ts";
import { type Finding, mergeFindings } from "../privacy/finding.ts";
import { GATE_VERSION, gateTableName, passGate } from "../privacy/gate.ts";
import type { Engagement } from "../privacy/release/engagement.ts";
import { EngagementRows, notARecord } from "./engagement-rows.ts";
import { type MassChange, massChangeOf } from "./mass-change.ts";
import { rowHashOf } from "./row-hash.ts";
import { type IndexEntry, RowIndex } from "./row-index.ts";
import type { BadRow, MappedRow, RowMapper, RowProblem } from "./row-mapper.ts";
import { duplicateKey, foreignKey } from "./row-problems.ts";
import type { PassSummary } from "./source-state.ts";

const TARGET_BATCH_MS = 250;
/** Rows whose record states are looked up together. */
const LOOKUP_ROWS = 500;
/** Bytes of an encoded record beside its body and texts; more than it can be, so that a batch stays below its target. */
const ENVELOPE_BYTES = 128;
/** Bytes of a frame beside its records: header, signature, tags; more than they can be. */
const FRAME_BYTES = 2048;

/** What a pass needs. */
export interface PassOptions {
  readonly sourceId: string;
  readonly feed: Feed;
  readonly store: FeedStore;
  readonly clock: Clock;
  /** What the center knows and decided about texts; without it nothing is approved. */
  readonly privacy?: PrivacyRules;
  /** Rows by table at the last complete read: a table that had rows and has none is an error. */
  readonly tableRowsBefore: Readonly<Record<string, number>>;
  /** True if a person confirmed that much may vanish. */
  readonly acceptsMassChange: boolean;
  /** True for a source that is in the configuration: its records are not taken over by another. */
  readonly isConfigured: (sourceId: string) => boolean;
  /** Takes all engagements of the source by their keys, at the end of the pass. */
  readonly takeEngagements: (engagements: ReadonlyMap<string, Engagement>) => Promise<unknown>;
  /** Called for each row that is not published. */
  readonly onBadRow: (row: BadRow) => void;
  /** Called for each row that is published and should be looked at. */
  readonly onRemark: (row: BadRow) => void;
  /** False when no more remarks are wanted: a row that did not change is then not mapped only to be told again. */
  readonly wantsRemarks: () => boolean;
}

/** What the gate goes by. */
export interface PrivacyRules {
  readonly policy: GatePolicy;
  /** Differs whenever the same row about a client may be gated otherwise. */
  readonly revision: string;
}

/** What a complete pass found. */
export interface PassResult extends PassSummary {
  readonly tableRows: Readonly<Record<string, number>>;
  readonly liveRecords: number;
  /** Ordinal of the feed that it was made for. */
  readonly feed: number;
}

/** A mapped row whose record state is still to be looked up. */
interface Candidate {
  readonly mapper: RowMapper;
  readonly row: SourceRow;
  readonly rowHash: string;
  readonly ref: LocalRef;
  readonly mapped: MappedRow;
  /** The record as it was in the source; undefined if it is new there. */
  readonly entry: IndexEntry | undefined;
}

/** Begins a pass. */
export async function beginPass(options: PassOptions): Promise<Pass> {
  await options.store.clearStaged(options.sourceId);
  return new Pass(options, await RowIndex.load(options.store, options.sourceId));
}

/** A pass under way: feed it every row in order, then finish it. */
export class Pass {
  readonly #options: PassOptions;
  readonly #index: RowIndex;
  readonly #feed: number;
  readonly #isStaging: boolean;
  readonly #startedAtMs: number;
  readonly #tableRows: Record<string, number> = {};
  #pending: Candidate[] = [];
  #drafts: RecordDraft[] = [];
  #rows: RowChange[] = [];
  #chunkBytes = 0;
  /** Since when the oldest row or draft waits. */
  #waitingSinceMs = 0;
  #count = {
    rows: 0,
    unchangedRows: 0,
    badRows: 0,
    remarkedRows: 0,
    added: 0,
    updated: 0,
    withdrawn: 0,
  };
  /** Records that are in the source and were not there before. */
  #newRecords = 0;
  #findings: readonly Finding[] = [];
  /** Undefined as long as no table has any. */
  #engagements: EngagementRows | undefined;

  /** Use {@link beginPass}. */
  constructor(options: PassOptions, index: RowIndex) {
    this.#options = options;
    this.#index = index;
    this.#feed = options.feed.state.ordinal;
    // Whether anything could be a mass change: if everything vanished, would somebody be asked?
    const worst = { live: index.live, vanished: index.live, added: 0 };
    this.#isStaging = !options.acceptsMassChange && massChangeOf(worst) !== undefined;
    this.#startedAtMs = options.clock.now();
  }

  /** Announces a table, so that one without rows is noticed. */
  beginTable({ table, kind }: RowMapper): void {
    this.#tableRows[table] ??= 0;
    if (kind === "engagement") this.#engagements ??= this.#newEngagementRows();
  }

  /**
   * Takes the next row. Most rows did not change and need no promise; wait for the one that is returned.
   *
   * @throws {TributaryError} what {@link Feed.append} throws.
   */
  row(mapper: RowMapper, row: SourceRow): Promise<void> | undefined {
    this.#count.rows += 1;
    this.#tableRows[mapper.table] = (this.#tableRows[mapper.table] ?? 0) + 1;
    if (this.#engagements !== undefined && mapper.kind === "engagement") {
      this.#engagements.take(mapper, row);
      return undefined;
    }
    const rowHash = rowHashOf(this.#rulesOf(mapper), row);
    if (!this.#isUnchanged(mapper, row, rowHash)) this.#mapRow(mapper, row, rowHash);
    const isOld = this.#isOld();
    return isOld || this.#pending.length >= LOOKUP_ROWS ? this.#advance(isOld) : undefined;
  }

  async #advance(isOld: boolean): Promise<void> {
    await this.#decidePending();
    if (isOld) await this.#flush();
  }

  /**
   * Ends the pass: publishes what was set aside, then withdraws what was not seen.
   *
   * @throws {TributaryError} `ERR_SOURCE_EMPTY`, `ERR_MASS_CHANGE`; what {@link Feed.append} throws.
   */
  async finish(signal: AbortSignal): Promise<PassResult> {
    const { store, feed, sourceId, clock, acceptsMassChange } = this.#options;
    await this.#decidePending();
    await this.#flush();
    const unseen = [...this.#index.unseen()];
    if (!acceptsMassChange) this.#assertPlausible(unseen.length);
    if (this.#engagements !== undefined)
      await this.#options.takeEngagements(this.#engagements.byKey);
    if (this.#isStaging) {
      for await (const { drafts, rows } of store.staged(sourceId)) {
        signal.throwIfAborted();
        await this.#publish(drafts, rows);
      }
      await store.clearStaged(sourceId);
    }
    for (let at = 0; at < unseen.length; at += TARGET_BATCH_RECORDS) {
      signal.throwIfAborted();
      await this.#withdraw(unseen.slice(at, at + TARGET_BATCH_RECORDS));
    }
    if (feed.state.ordinal !== this.#feed) throw feedRenewed();
    return {
      ...this.#count,
      startedAtMs: this.#startedAtMs,
      endedAtMs: clock.now(),
      findings: this.#findings,
      tableRows: this.#tableRows,
      liveRecords: this.#index.live - unseen.length + this.#newRecords,
      feed: this.#feed,
    };
  }

  #isUnchanged(mapper: RowMapper, row: SourceRow, rowHash: string): boolean {
    const entry = this.#index.row(rowHash);
    if (entry === undefined || entry.isSeen || entry.feed !== this.#feed) return false;
    entry.isSeen = true;
    this.#count.unchangedRows += 1;
    if (entry.isRemarked) this.#remarkAgain(mapper, row);
    return true;
  }

  /** Names all that makes a record of a row: mapping, gate and, for one about a client, what is known and decided. */
  #rulesOf(mapper: RowMapper): string {
    const id = mapperIdOf(mapper);
    return isAboutClient(mapper.kind) ? `${id} ${this.#options.privacy?.revision ?? ""}` : id;
  }

  /** Maps a row and claims its key at once, so that of two rows with one key the first counts. */
  #mapRow(mapper: RowMapper, row: SourceRow, rowHash: string): void {
    const mapped = mapper.map(row);
    if (mapped.type === "engagement" || mapper.kind === "engagement") throw notARecord();
    if (mapped.type === "bad") {
      const held =
        mapped.key === undefined
          ? undefined
          : this.#index.record({ kind: mapper.kind, key: mapped.key });
      if (held !== undefined) held.isSeen = true;
      this.#reject(row, mapped.problems);
      return;
    }
    const ref: LocalRef = { kind: mapper.kind, key: mapped.key };
    const entry = this.#index.record(ref);
    if (entry?.isSeen) {
      this.#reject(row, [duplicateKey(mapped.key)]);
      return;
    }
    if (entry === undefined) {
      this.#index.addNew(ref, this.#feed);
      this.#newRecords += 1;
    } else {
      entry.isSeen = true;
    }
    if (this.#pending.length === 0 && this.#drafts.length === 0) {
      this.#waitingSinceMs = this.#options.clock.now();
    }
    this.#pending.push({ mapper, row, rowHash, ref, mapped, entry });
  }

  /** Looks the records of the rows that wait up, and decides what becomes of each. */
  async #decidePending(): Promise<void> {
    const candidates = this.#pending;
    if (candidates.length === 0) return;
    this.#pending = [];
    const states = await this.#options.store.recordStates(candidates.map(({ ref }) => ref));
    for (const [index, candidate] of candidates.entries()) {
      const state = states[index];
      const draft = this.#admit(candidate, state);
      if (draft === undefined) continue;
      const bytes = bytesOf(draft);
      // A batch has to fit the narrowest courier, since any may carry it.
      if (this.#chunkBytes + bytes > MAX_NATS_FRAME_BYTES - FRAME_BYTES) await this.#flush();
      this.#keep(candidate, draft, { state, bytes });
      if (this.#isFull()) await this.#flush();
    }
  }

  /** The record of a candidate; undefined if it may not be published. */
  #admit(candidate: Candidate, state: RecordState | undefined): RecordDraft | undefined {
    const { sourceId, isConfigured } = this.#options;
    const { row, mapped, entry } = candidate;
    const isForeign =
      state?.isLive === true && state.sourceId !== sourceId && isConfigured(state.sourceId);
    if (isForeign) this.#reject(row, [foreignKey(mapped.key, state.sourceId)]);
    const draft = isForeign ? undefined : this.#draft(candidate, state);
    if (draft === undefined && entry === undefined) this.#newRecords -= 1;
    return draft;
  }

  /** Keeps the row, and its record if that is news. */
  #keep(
    { row, rowHash, mapped, ref, entry }: Candidate,
    draft: RecordDraft,
    { state, bytes }: { readonly state: RecordState | undefined; readonly bytes: number },
  ): void {
    const { sourceId } = this.#options;
    const { remarks = [] } = mapped;
    if (remarks.length > 0) this.#remark(row, remarks);
    if (entry?.rowHash !== undefined) this.#rows.push({ sourceId, rowHash: entry.rowHash });
    const isRemarked = remarks.length > 0;
    this.#rows.push({
      sourceId,
      rowHash,
      entry: { ...ref, rowHash, feed: this.#feed, isRemarked },
    });
    const isKnown =
      state?.isLive === true &&
      state.sourceId === sourceId &&
      state.feed === this.#feed &&
      equalBytes(state.contentHash, draft.contentHash);
    if (isKnown) return;
    this.#drafts.push(draft);
    this.#chunkBytes += bytes;
    if (state?.isLive) this.#count.updated += 1;
    else this.#count.added += 1;
  }

  /** Takes the mapped row through the privacy gate; undefined, and a bad row, if it may not leave. */
  #draft({ mapper, row, mapped, ref }: Candidate, state?: RecordState): RecordDraft | undefined {
    try {
      const { body, findings } = passGate(
        { ...mapped, kind: ref.kind },
        this.#options.privacy?.policy,
      );
      this.#findings =
        findings.length === 0 ? this.#findings : mergeFindings(this.#findings, findings);
      const { visibility, visibleTo, license, validUntilMs } = mapped;
      const content = {
        operation: "upsert",
        visibility,
        visibleTo,
        license,
        ...(validUntilMs !== undefined && { validUntilMs }),
        body,
      } as const;
      return {
        ...ref,
        ...content,
        sourceId: this.#options.sourceId,
        contentHash: contentHashOf(content),
        previous: state,
        provenance: {
          sourceId: this.#options.sourceId,
          table: gateTableName(row.table),
          row: row.row,
          mappingId: mapper.mappingId,
          readAtMs: this.#startedAtMs,
        },
      };
    } catch (error) {
      if (!isTributaryError(error)) throw error;
      const { code, message, messageZh } = error;
      this.#reject(row, [{ column: "", rule: code, message, messageZh }]);
      return undefined;
    }
  }

  #newEngagementRows(): EngagementRows {
    return new EngagementRows({
      reject: (row, problems) => this.#reject(row, problems),
      remark: (row, problems) => this.#remark(row, problems),
    });
  }

  #reject(row: SourceRow, problems: readonly RowProblem[]): void {
    this.#count.badRows += 1;
    this.#options.onBadRow({ sourceId: this.#options.sourceId, row, problems });
  }

  /** The remarks on a row that did not change; mapped once more only as long as there is room to tell them. */
  #remarkAgain(mapper: RowMapper, row: SourceRow): void {
    const mapped = this.#options.wantsRemarks() ? mapper.map(row) : undefined;
    this.#remark(row, mapped?.type === "record" ? (mapped.remarks ?? []) : []);
  }

  #remark(row: SourceRow, problems: readonly RowProblem[]): void {
    this.#count.remarkedRows += 1;
    this.#options.onRemark({ sourceId: this.#options.sourceId, row, problems });
  }

  #isFull(): boolean {
    return (
      this.#drafts.length >= TARGET_BATCH_RECORDS ||
      this.#rows.length >= 2 * TARGET_BATCH_RECORDS ||
      this.#chunkBytes >= TARGET_BATCH_BYTES
    );
  }

  /** True if something has waited for 250 ms; what is set aside waits for the end of the read in any case. */
  #isOld(): boolean {
    if (this.#isStaging || (this.#pending.length === 0 && this.#drafts.length === 0)) return false;
    return this.#options.clock.now() - this.#waitingSinceMs >= TARGET_BATCH_MS;
  }

  async #flush(): Promise<void> {
    const [drafts, rows] = [this.#drafts, this.#rows];
    if (drafts.length === 0 && rows.length === 0) return;
    this.#drafts = [];
    this.#rows = [];
    this.#chunkBytes = 0;
    this.#waitingSinceMs = this.#options.clock.now();
    const { store, sourceId } = this.#options;
    if (this.#isStaging) await store.stage(sourceId, { drafts, rows });
    else await this.#publish(drafts, rows);
  }

  async #publish(drafts: readonly RecordDraft[], rows: readonly RowChange[]): Promise<void> {
    const { feed, store } = this.#options;
    if (drafts.length === 0) await store.commit({ rows });
    else await feed.append({ feed: this.#feed, drafts, rows });
  }

  async #withdraw(entries: readonly IndexEntry[]): Promise<void> {
    const { sourceId, store } = this.#options;
    const states = await store.recordStates(entries);
    const rows = entries.flatMap(({ rowHash }) => (rowHash ? [{ sourceId, rowHash }] : []));
    const drafts = states
      .filter((state) => state?.isLive === true && state.sourceId === sourceId)
      .map((state) => withdrawalOf(state as RecordState));
    await this.#publish(drafts, rows);
    this.#count.withdrawn += drafts.length;
  }

  #assertPlausible(vanished: number): void {
    const { live } = this.#index;
    for (const [table, before] of Object.entries(this.#options.tableRowsBefore)) {
      if (before > 0 && this.#tableRows[table] === 0) throw emptySource(table, before);
    }
    if (live > 0 && vanished === live && this.#newRecords === 0) throw emptySource("", live);
    const change = massChangeOf({ live, vanished, added: this.#newRecords });
    if (change !== undefined) {
      throw massChange(change, this.#options.sourceId, { live, vanished, added: this.#newRecords });
    }
  }
}

const mapperIds = new WeakMap<RowMapper, string>();

function mapperIdOf(mapper: RowMapper): string {
  const known = mapperIds.get(mapper);
  if (known !== undefined) return known;
  const id = `${mapper.kind} ${mapper.mappingId.join(".")} ${GATE_VERSION}`;
  mapperIds.set(mapper, id);
  return id;
}

function withdrawalOf(state: RecordState): RecordDraft {
  const content = {
    operation: "withdraw",
    visibility: "public",
    visibleTo: [],
    license: "",
    body: new Uint8Array(),
  } as const;
  return {
    kind: state.kind,
    key: state.key,
    ...content,
    sourceId: state.sourceId,
    contentHash: contentHashOf(content),
    previous: state,
  };
}

function emptySource(table: string, before: number): TributaryError {
  const where = table === "" ? "the source" : `table ${table}`;
  const whereZh = table === "" ? "数据源" : `表“${table}”`;
  return new TributaryError(
    "ERR_SOURCE_EMPTY",
    `${where} had ${before} rows that could be used and now has none; nothing was withdrawn. If that is meant, run: tributary-agent resume SOURCE --accept-mass-change`,
    {
      messageZh: `${whereZh}原有 ${before} 行可用数据，现在一行也没有；未撤回任何记录。如确属有意，请运行 tributary-agent resume SOURCE --accept-mass-change`,
      details: { before },
    },
  );
}

/** About how long the record will be, and never less. */
function bytesOf({ body, key, license, visibleTo }: RecordDraft): number {
  const centers = visibleTo.reduce((sum, center) => sum + center.length + 2, 0);
  return body.length + 3 * key.length + 3 * license.length + centers + ENVELOPE_BYTES;
}

function massChange(
  change: MassChange,
  sourceId: string,
  { live, vanished, added }: { live: number; vanished: number; added: number },
): TributaryError {
  const why =
    change === "vanished"
      ? `${vanished} of ${live} records would be withdrawn, more than 25 %`
      : `${vanished} of ${live} records would be withdrawn and ${added} new ones added, more than 50 % of all keys`;
  const whyZh =
    change === "vanished"
      ? `${live} 条记录中将有 ${vanished} 条被撤回，超过 25 %`
      : `${live} 条记录中将有 ${vanished} 条被撤回、另新增 ${added} 条，超过全部键的 50 %`;
  return new TributaryError(
    "ERR_MASS_CHANGE",
    `${why}; the source is paused and nothing was published. If that is meant, run: tributary-agent resume ${sourceId} --accept-mass-change`,
    {
      messageZh: `${whyZh}；该数据源已暂停，未发布任何变更。如确属有意，请运行 tributary-agent resume ${sourceId} --accept-mass-change`,
      details: { live, vanished, added },
    },
  );
}

function feedRenewed(): TributaryError {
  return new TributaryError("ERR_FEED_RENEWED", "a new feed was opened; the source is read again", {
    messageZh: "已开启新的发布序列，将重新读取该数据源",
  });
}
