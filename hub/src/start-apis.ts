/**
 * Composition of the hub's services: each is given the parts that it works with.
 *
 * @module
 */

import { type Clock, randomBytes } from "@tributary/proto";
import type { DataFolder } from "./adapters/data-folder.ts";
import type { ReconciliationRoutes } from "./adapters/http-reconciliation.ts";
import type { HubMetrics } from "./adapters/hub-metrics.ts";
import type { HubTls } from "./adapters/hub-tls.ts";
import { createAccessApi } from "./api/access-api.ts";
import { createAccountApi } from "./api/account-api.ts";
import { createAdminApi } from "./api/admin-api.ts";
import { createAssessmentApi } from "./api/assessment-api.ts";
import { createBenchmarkApi } from "./api/benchmark-api.ts";
import { createCollectionApi } from "./api/collection-api.ts";
import { createCurationApi } from "./api/curation-api.ts";
import { createPreview } from "./api/curation-preview.ts";
import { CurationQueue } from "./api/curation-queue.ts";
import { createEntityApi } from "./api/entity-api.ts";
import { createHandlers } from "./api/handlers.ts";
import { createIngestApi } from "./api/ingest-api.ts";
import { createInsightApi } from "./api/insight-api.ts";
import { createLogApi } from "./api/log-api.ts";
import { createMatchApi } from "./api/match-api.ts";
import { createMemberApi } from "./api/member-api.ts";
import { createOffboard } from "./api/offboard.ts";
import type { Principal } from "./api/principal.ts";
import { readerOf } from "./api/reader.ts";
import { createReconciliation } from "./api/reconciliation.ts";
import type { RpcHandlers } from "./api/rpc.ts";
import { createVocabularyApi } from "./api/vocabulary-api.ts";
import { createVoucherApi } from "./api/voucher-api.ts";
import { createWitnessApi } from "./api/witness-api.ts";
import type { Eraser } from "./ingest/eraser.ts";
import type { CheckpointSigner } from "./log/checkpoint-signer.ts";
import type { Cosigning } from "./log/cosigning.ts";
import type { Epochs } from "./log/epochs.ts";
import type { MerkleLog } from "./log/merkle-log.ts";
import type { OnStep } from "./log/steps.ts";
import type { WitnessList } from "./log/witness-list.ts";
import type { Intake } from "./start-intake.ts";
import type { Reading } from "./start-reading.ts";
import type { SignIn } from "./start-sign-in.ts";

export interface ApisOptions {
  readonly folder: DataFolder;
  readonly version: string;
  readonly signer: CheckpointSigner;
  readonly log: MerkleLog;
  readonly intake: Intake;
  readonly reading: Reading;
  readonly signIn: SignIn;
  readonly eraser: Eraser;
  readonly epochs: Epochs;
  readonly witnesses: WitnessList;
  readonly cosigning: Cosigning;
  readonly tls: HubTls;
  /** `host:port` at which agents reach the hub now. */
  readonly publicAddress: () => string;
  readonly metrics: HubMetrics;
  readonly clock: Clock;
  readonly onStep: OnStep;
}

export interface Apis {
  readonly handlers: RpcHandlers;
  readonly reconciliation: ReconciliationRoutes;
}

export function createApis(options: ApisOptions): Apis {
  const { folder, version, signer, log, eraser, epochs, witnesses, cosigning, tls } = options;
  const { publicAddress, metrics, clock, onStep } = options;
  const { registry, feeds, presence, membership, ingest, budget } = options.intake;
  const { projection, matcher, insights, catalog, query, source } = options.reading;
  const { apiKeys, accounts, organisation } = options.signIn;
  const { origin: hubOrigin } = folder;
  const hubVkey = signer.vkey;
  const entity = createEntityApi(source);
  const readerFor = (principal: Principal) => readerOf(principal, registry);
  const handlers = createHandlers({
    access: createAccessApi(apiKeys),
    account: createAccountApi(accounts, organisation !== undefined),
    admin: createAdminApi({
      membership,
      registry,
      presence,
      feeds,
      log,
      catalog,
      eraser,
      hubOrigin,
      hubVkey,
      publicAddress,
      trust: tls.trust,
      version,
    }),
    assessment: createAssessmentApi({ ...source, log, insights, random: randomBytes }),
    benchmark: createBenchmarkApi({ ...source, log, insights, random: randomBytes }),
    collection: createCollectionApi(source),
    curation: createCurationApi({
      catalog: projection.catalog,
      log,
      preview: createPreview({ ...source, list: query.list }),
      queue: new CurationQueue({ ...source, status: catalog, registry, log }),
      feeds,
      registry,
      hubOrigin,
      events: metrics,
      random: randomBytes,
    }),
    entity,
    ingest: createIngestApi({
      ingest,
      catalog: projection.catalog,
      presence,
      budget,
      clock,
      onStep,
    }),
    insight: createInsightApi({ ...source, insights }),
    log: createLogApi({ log, vkey: hubVkey, epochs, cosigning }),
    match: createMatchApi({ ...source, matcher }),
    member: createMemberApi({
      membership,
      registry,
      presence,
      hubOrigin,
      hubVkey,
      certificates: tls.certificates,
      offboard: createOffboard({
        ...source,
        log,
        eraser,
        hubOrigin,
        signingKey: folder.signingKey,
        waitUntilSearchable: (logSize, signal) => projection.waitUntilSearchable(logSize, signal),
        nowMs: () => clock.now(),
      }),
    }),
    query,
    vocabulary: createVocabularyApi({ catalog: projection.catalog, search: query.search }),
    voucher: createVoucherApi({ ...source, insights }),
    witness: createWitnessApi({ witnesses, cosigning, registry }),
    readerOf: readerFor,
  });
  return {
    handlers,
    reconciliation: {
      reconciliation: createReconciliation({
        catalog: projection.catalog,
        search: query.search,
        entity,
        hubOrigin,
      }),
      readerOf: readerFor,
    },
  };
}
