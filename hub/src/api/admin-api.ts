/**
 * The admin service: what an operator does about members, and how the hub is.
 *
 * @module
 */

import {
  type HubStatus,
  type Invitation,
  type InvitationRequest,
  type MemberStateChange,
  type MemberView,
  parseUrn,
  TributaryError,
  toBase64Url,
  utf8,
} from "@tributary/proto";
import type { Eraser } from "../ingest/eraser.ts";
import type { FeedTable } from "../ingest/feed-table.ts";
import { backupEntries } from "../log/log-backup.ts";
import type { MerkleLog } from "../log/merkle-log.ts";
import type { Membership } from "../members/membership.ts";
import type { PresenceBoard } from "../members/presence.ts";
import type { Member, MemberRegistry } from "../members/registry.ts";
import type { CatalogStatus, CenterStatus } from "./catalog-status.ts";
import { actorOf } from "./principal.ts";
import type { CallContext } from "./rpc.ts";

export interface AdminApiOptions {
  readonly membership: Membership;
  readonly registry: MemberRegistry;
  readonly presence: PresenceBoard;
  readonly feeds: FeedTable;
  readonly log: MerkleLog;
  readonly catalog: CatalogStatus;
  readonly eraser: Eraser;
  readonly hubOrigin: string;
  readonly hubVkey: string;
  /** `host:port` at which agents reach the hub; known when the hub listens. */
  readonly publicAddress: () => string;
  readonly trust: JoinTrust;
  readonly version: string;
}

/** How an agent knows that it speaks with this hub. */
export interface JoinTrust {
  /** Whether agents connect over TLS. */
  readonly tls: boolean;
  /** Certificate of the hub's own authority, PEM: agents trust exactly it. Undefined: what their machines trust. */
  readonly ca: string | undefined;
}

/** What an operator wants erased. */
interface EraseRecordsRequest {
  readonly urns: readonly string[];
  readonly reason: string;
}

const MAX_ERASED = 1_000;

/** First part of every join code; the number is the version of what follows. */
const JOIN_CODE_PREFIX = "tributary-join-1.";

const EMPTY = new Uint8Array();
const NO_ENTRY = { position: 0, entry: EMPTY, records: EMPTY, receipt: EMPTY };

export function createAdminApi(options: AdminApiOptions) {
  const { membership, registry, presence, feeds, log, catalog, eraser } = options;
  const { hubOrigin, hubVkey, publicAddress, trust, version } = options;
  return {
    async createInvitation(request: InvitationRequest): Promise<Invitation> {
      const { centerId, centerName, validForSeconds, preapproved } = request;
      const { secret, expiresAtMs } = await membership.invite({
        centerId,
        centerName,
        validForSeconds,
        isPreapproved: preapproved,
      });
      const code = {
        hub: publicAddress(),
        origin: hubOrigin,
        vkey: hubVkey,
        center: centerId,
        secret,
        ...trust,
      };
      return { code: JOIN_CODE_PREFIX + toBase64Url(utf8(JSON.stringify(code))), expiresAtMs };
    },

    async listMembers(_request: object): Promise<{ readonly members: readonly MemberView[] }> {
      const centers = await catalog.centers();
      return { members: registry.list().map((member) => viewOf(member, centers)) };
    },

    async setMemberState(request: MemberStateChange, { principal }: CallContext) {
      const { centerId, state, reason, distrustedFrom } = request;
      if (state === "pending" || state === "left") {
        throw invalid(
          `an operator sets approved, rejected, suspended or revoked, not ${state}`,
          "运营人员只能设置 approved、rejected、suspended 或 revoked",
        );
      }
      const decision = { centerId, state, reason, actor: actorOf(principal), distrustedFrom };
      return { position: await membership.decide(decision) };
    },

    async getHubStatus(_request: object): Promise<HubStatus> {
      const { catalogPosition, indexPosition } = catalog.progress;
      return {
        version,
        origin: hubOrigin,
        logSize: log.size,
        catalogSize: catalogPosition,
        indexSize: indexPosition,
        records: await catalog.records(),
      };
    },

    /**
     * Erases every version of records.
     *
     * @throws {TributaryError} `ERR_URN_MALFORMED`; `ERR_ARGUMENT_INVALID` without a reason or for too many; what
     * {@link Eraser.erase} throws. What was erased until then stays erased.
     */
    async eraseRecords(request: EraseRecordsRequest, { principal, signal }: CallContext) {
      const { urns, reason } = request;
      if (urns.length === 0 || urns.length > MAX_ERASED) {
        throw invalid(
          `${urns.length} records were named; an erasure takes 1 to ${MAX_ERASED}`,
          `收到 ${urns.length} 条记录；一次可抹除 1 至 ${MAX_ERASED} 条`,
        );
      }
      if (reason.trim() === "" || reason.length > 1_000) {
        throw invalid(
          "an erasure needs a reason of 1 to 1,000 characters, which stays in the log",
          "抹除须填写 1 至 1,000 字的理由，该理由会保留在日志中",
        );
      }
      const actor = actorOf(principal);
      let versions = 0;
      for (const [centerId, refs] of Map.groupBy(urns.map(parseUrn), (ref) => ref.centerId)) {
        versions += await eraser.erase({ centerId, refs, actor, reason: reason.trim() }, signal);
      }
      return { versions };
    },

    /** The log as it is at the call: its checkpoint first, then its entries. */
    async *backup(_request: object, { signal }: CallContext) {
      const head = log.requireHead();
      yield { ...NO_ENTRY, checkpoint: head.checkpoint };
      const source = {
        readEntries: (from: number, to: number) => log.entries(from, to),
        readReceipt: (position: number) => log.issuedReceipt(position),
      };
      for await (const entry of backupEntries(source, head.size, signal)) {
        yield { ...entry, checkpoint: "" };
      }
    },
  };

  function viewOf(member: Member, centers: ReadonlyMap<string, CenterStatus>): MemberView {
    const { centerId, centerName, state, reason, checkCode, sinceMs } = member;
    const seen = presence.get(centerId);
    const feed = feeds.get(centerId);
    const center = centers.get(centerId);
    return {
      centerId,
      centerName,
      state,
      reason,
      checkCode,
      sinceMs,
      lastSeenMs: seen?.lastSeenMs ?? center?.lastBatchAtMs ?? 0,
      agentVersion: seen?.agentVersion ?? "",
      nextSeq: Number(feed?.nextSeq ?? 0n),
      liveRecords: center?.live ?? 0,
      quarantinedRecords: center?.quarantined ?? 0,
      pausedCode: feed?.pausedCode || (center?.pausedCode ?? ""),
      publicKey: member.key.publicKey,
    };
  }
}

function invalid(message: string, messageZh: string): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", message, { messageZh });
}
