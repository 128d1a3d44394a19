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
  /** Whether the hub has releases of this center. */
  readonly hasReleases: (signal: AbortSignal) => Promise<boolean>;
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
   * @throws {TributaryError} `ERR_STORE_DAMAGED` if the ledger is older than what was published, or new where the hub has
   * releases; `ERR_UNAVAILABLE` as long as a new ledger cannot ask the hub; what {@link Releases.tick} and
   * {@link Feed.append} throw.
   */
  async afterLook(sourceId: string, outcome: SyncOutcome, signal: AbortSignal): Promise<number> {
    const { sourceIds, releases } = this.#options;
    const isRead = outcome.type === "complete" || outcome.type === "unchanged";
    if (isRead && sourceIds.includes(sourceId)) this.#read.add(sourceId);
    if (!sourceIds.includes(sourceId) || this.#read.size < sourceIds.length) return 0;
    if (await releases.isFirstDue()) await this.#assertFirst(signal);
    const made = await releases.tick(signal);
    const { ordinal } = this.#options.feed.state;
    if (made.length === 0 && this.#wholeFeed === ordinal) return 0;
    const published = await this.#publish(ordinal);
    this.#wholeFeed = ordinal;
    return published;
  }

  /** A ledger that was begun anew does not know which records were used: they would leave a second time. */
  async #assertFirst(signal: AbortSignal): Promise<void> {
    const isKnown = await this.#options.hasReleases(signal).catch((cause: unknown) => {
      signal.throwIfAborted();
      if (isTributaryError(cause)) throw unanswered(cause);
      throw cause;
    });
    if (isKnown) throw forgotten();
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
      const previousRevision = state?.revision ?? 0n;
      await feed.append({
        feed: ordinal,
        drafts: [{ ...draft, previousRevision }],
        rows: [],
      });
      published += 1;
    }
    return published;
  }

  #draft(release: StoredRelease): Omit<RecordDraft, "previousRevision"> {
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
    `the first release waits until the hub tells whether it has releases of this center already: ${cause.message}`,
    { messageZh: `首次发布成效前须向枢纽确认本中心尚无发布：${cause.messageZh}`, cause },
  );
}

function forgotten(): TributaryError {
  return new TributaryError(
    "ERR_STORE_DAMAGED",
    "no outcomes are released: the hub has releases of this center, and this ledger knows of none, so records would be used twice; restore a backup with: tributary-agent privacy restore FILE",
    {
      messageZh:
        "已停止发布成效：枢纽已有本中心的发布，而本账本没有任何发布记录，记录会被重复使用；请用 tributary-agent privacy restore 恢复备份",
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
