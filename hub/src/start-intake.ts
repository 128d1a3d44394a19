/**
 * Composition of what takes batches: members, their feeds, and ingest.
 *
 * @module
 */

import { type Clock, randomBytes } from "@tributary/proto";
import type { DataFolder } from "./adapters/data-folder.ts";
import { FileInvitationStore } from "./adapters/file-invitation-store.ts";
import type { HubMetrics } from "./adapters/hub-metrics.ts";
import { ByteBudget } from "./api/byte-budget.ts";
import type { HubConfig } from "./config.ts";
import { FeedTable } from "./ingest/feed-table.ts";
import { Ingest } from "./ingest/ingest.ts";
import { QuotaMeter } from "./ingest/quota.ts";
import type { MerkleLog } from "./log/merkle-log.ts";
import type { OnStep } from "./log/steps.ts";
import { Membership } from "./members/membership.ts";
import { PresenceBoard } from "./members/presence.ts";
import { MemberRegistry } from "./members/registry.ts";

export interface IntakeOptions {
  readonly folder: DataFolder;
  readonly config: HubConfig;
  readonly log: MerkleLog;
  readonly metrics: HubMetrics;
  readonly clock: Clock;
  readonly onStep: OnStep;
}

export interface Intake {
  readonly registry: MemberRegistry;
  readonly feeds: FeedTable;
  readonly presence: PresenceBoard;
  readonly membership: Membership;
  readonly ingest: Ingest;
  /** Of the bytes that are held while batches are taken. */
  readonly budget: ByteBudget;
}

/** Reads who is a member, and how far each feed is, from the log. */
export async function loadIntake(options: IntakeOptions): Promise<Intake> {
  const { folder, config, log, metrics, clock, onStep } = options;
  const registry = await MemberRegistry.load(log, folder.origin);
  const feeds = await FeedTable.load((prefix) => log.facts(prefix));
  return {
    registry,
    feeds,
    presence: new PresenceBoard(clock),
    membership: new Membership({
      log,
      registry,
      feeds,
      invitations: new FileInvitationStore(folder.invitationFile),
      hubOrigin: folder.origin,
      events: metrics,
      clock,
      random: randomBytes,
    }),
    ingest: new Ingest({
      log,
      feeds,
      members: registry,
      quota: new QuotaMeter(config.quota, clock),
      events: metrics,
      hubOrigin: folder.origin,
      onStep,
    }),
    budget: new ByteBudget(config.ingestMemoryBytes),
  };
}
