/**
 * Brings what was released of outcomes into the feed.
 *
 * The ledger comes first: a release is durable there before it is signed. What a crash or a new feed leaves behind is
 * found by comparing, so there is nothing to remember in between.
 *
 * @module
 */

import { equalBytes, isTributaryError, TributaryError, type Visibility } from "@tributary/proto";
import type { Feed } from "../feed/feed.ts";
import { contentHashOf, type RecordDraft } from "../feed/record-draft.ts";
import type { FeedStore } from "../ports/feed-store.ts";
import type { ReleaseLedger, StoredRelease } from "../ports/release-ledger.ts";
import { releaseKeyOf } from "../privacy/release/release-body.ts";
import type { Releases } from "../privacy/release/releases.ts";
import type { SyncOutcome } from "./sync-source.ts";

/** Source of the records of releases; no mapping file can have this name. */
const RELEASES_SOURCE = "outcome.releases";

/** What publishing releases needs. */
export interface ReleasePublisherOptions {
  readonly releases: Releases;
  readonly ledger: ReleaseLedger;
  readonly feed: Feed;
  readonly store: FeedStore;
  /** Who may see them. */
  readonly visibility: Visibility;
  readonly license: string;
  /** Sources that have engagements. */
  readonly sourceIds: readonly string[];
  /** How many releases the hub has of this center. */
  readonly countAtHub: (signal: AbortSignal) => Promise<number>;
}

/** Publishes releases when their time has come. */
export class ReleasePublisher {
  readonly #options: ReleasePublisherOptions;
  /** Sources that were read since the start: what they hold is in the ledger. */
  readonly #read = new Set<string>();
  /** Ordinal of the feed that is known to hold all releases. */
  #wholeFeed: number | undefined;

  constructor(options: ReleasePublisherOptions) {
    this.#options = options;
  }

  /**
   * To be called after each look at a source. As long as a source with engagements was not read, nothing is released:
   * its outcomes would come late, for good.
   *
   * @returns How many releases were put into the feed.
   * @throws {TributaryError} `ERR_STORE_DAMAGED` if the ledger is older than what was published; `ERR_UNAVAILABLE` if a
   * release is due and the hub cannot be asked; what {@link Releases.tick} and
   * {@link Feed.append} throw.
   */
  async afterLook(sourceId: string, outcome: SyncOutcome, signal: AbortSignal): Promise<number> {
    const { sourceIds, releases } = this.#options;
    const isRead = outcome.type === "complete" || outcome.type === "unchanged";
    if (isRead && sourceIds.includes(sourceId)) this.#read.add(sourceId);
    if (!sourceIds.includes(sourceId) || this.#read.size < sourceIds.length) return 0;
    const { isDue, count } = await releases.standing();
    if (isDue) await this.#assertNewest(count, signal);
    const made = await releases.tick(signal);
    const { ordinal } = this.#options.feed.state;
    if (made.length === 0 && this.#wholeFeed === ordinal) return 0;
    const published = await this.#publish(ordinal);
    this.#wholeFeed = ordinal;
    return published;
  }

  /** A ledger that was begun anew, or restored, does not know which records were used: they would leave twice. */
  async #assertNewest(count: number, signal: AbortSignal): Promise<void> {
    const atHub = await this.#options.countAtHub(signal).catch((cause: unknown) => {
      signal.throwIfAborted();
      if (isTributaryError(cause)) throw unanswered(cause);
      throw cause;
    });
    if (atHub > count) throw forgotten(count, atHub);
  }

  async #publish(ordinal: number): Promise<number> {
    const { ledger, feed, store } = this.#options;
    const all = await Array.fromAsync(ledger.releases(0));
    const drafts = all.map((release) => this.#draft(release));
    const states = await store.recordStates(drafts);
    let published = 0;
    for (const [index, draft] of drafts.entries()) {
      const state = states[index];
      if (state?.isLive && !equalBytes(state.contentHash, draft.contentHash)) throw outdated(draft);
      if (state?.isLive && state.feed === ordinal) continue;
      await feed.append({ feed: ordinal, drafts: [{ ...draft, previous: state }], rows: [] });
      published += 1;
    }
    return published;
  }

  #draft(release: StoredRelease): Omit<RecordDraft, "previous"> {
    const { visibility, license } = this.#options;
    const content = {
      operation: "upsert",
      visibility,
      visibleTo: [],
      license,
      body: release.body,
    } as const;
    return {
      kind: "outcome",
      key: releaseKeyOf(release),
      ...content,
      sourceId: RELEASES_SOURCE,
      contentHash: contentHashOf(content),
    };
  }
}

function unanswered(cause: TributaryError): TributaryError {
  return new TributaryError(
    "ERR_UNAVAILABLE",
    `a release of outcomes is due and waits until the hub tells how many it has of this center: ${cause.message}`,
    { messageZh: `发布成效前须向枢纽核对本中心已有的发布：${cause.messageZh}`, cause },
  );
}

function forgotten(count: number, atHub: number): TributaryError {
  return new TributaryError(
    "ERR_STORE_DAMAGED",
    `no outcomes are released: the hub has ${atHub} releases of this center and this ledger knows of ${count}, so records would be used twice; restore a newer backup with: tributary-agent privacy restore FILE`,
    {
      messageZh: `已停止发布成效：枢纽有本中心 ${atHub} 期发布，而本账本只有 ${count} 期，记录会被重复使用；请用 tributary-agent privacy restore 恢复更新的备份`,
    },
  );
}

function outdated({ key }: { readonly key: string }): TributaryError {
  return new TributaryError(
    "ERR_STORE_DAMAGED",
    `the release ${key} was published with another content: the ledger is older than the feed; restore a newer backup with: tributary-agent privacy restore FILE`,
    {
      messageZh: `${key} 的成效已以其他内容发布：账本比发布序列旧；请用 tributary-agent privacy restore 恢复更新的备份`,
    },
  );
}
