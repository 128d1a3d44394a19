/**
 * `tributary-agent run`: synchronises and publishes, once or until it is stopped.
 *
 * @module
 */

import { isTributaryError, systemClock, TributaryError } from "@tributary/proto";
import { serveControl } from "../adapters/local-control.ts";
import { readEnvironment, settingsOf } from "../config.ts";
import { type Outcome, Publisher } from "../publish/publisher.ts";
import { together } from "../publish/together.ts";
import { toJson } from "../report/json-text.ts";
import { type Agent, fileWatcher, openAgent, randomShare } from "../start.ts";
import { hubView, refreshTerms } from "../start-hub.ts";
import { clientRules, hasEngagements, loadPlans, type Plan } from "../start-plans.ts";
import { SyncLoop } from "../sync/loop.ts";
import { pauseInForce } from "../sync/memo.ts";
import { problemOf } from "../sync/problem.ts";
import { ReleasePublisher } from "../sync/release-publisher.ts";
import type { SyncOutcome } from "../sync/sync-source.ts";
import type { CommandContext } from "./context.ts";
import { statusOf } from "./failure.ts";
import { CommandExit, EXIT, type ExitStatus } from "./io.ts";
import { operationHandler } from "./operations.ts";
import { passLine, publicationLine, releasesLine } from "./run-text.ts";
import { agentVersion } from "./version.ts";

interface RunOptions {
  readonly once?: boolean;
  /** With `once`: bad rows make the exit status 3. */
  readonly strict?: boolean;
}

/** Feeds that one run opens at most, and one more look. */
const MAX_ROUNDS = 3;
const RETRY_AFTER_FULL_DISK_MS = 10_000;
const TERMS_EVERY_MS = 3_600_000;

export async function runCommand(context: CommandContext, options: RunOptions): Promise<void> {
  const { io } = context;
  if (options.once) return runOnce(context, options.strict ?? false);
  for (let round = 1; ; round += 1) {
    try {
      await runUntilStopped(context, round === 1);
      // Everything is opened anew, with the mappings as the vocabulary is now.
      emit(context, { event: "vocabulary" }, () => context.t(CHANGED_VOCABULARY));
    } catch (error) {
      if (io.signal.aborted) break;
      // Only opening the store again tells what is on the disk: everything is closed and opened anew.
      if (!isTributaryError(error, "ERR_STORE_FULL")) throw error;
      context.say({ en: `✖ ${error.message}`, zh: `✖ ${error.messageZh}` });
      await systemClock.sleep(RETRY_AFTER_FULL_DISK_MS, io.signal).catch(() => {});
    }
    if (io.signal.aborted) break;
  }
  context.say({ en: "stopped", zh: "已停止" });
}

/** Runs until aborted, or until the hub has changed the vocabulary. */
async function runUntilStopped(context: CommandContext, isFirst: boolean): Promise<void> {
  const { io, options } = context;
  await using agent = await openAgent(options.folder, readEnvironment(io.env));
  await askForTerms(context, io.signal);
  const plans = await loadPlans(agent.folder, agent.config);
  const loop = await syncLoop(context, agent, plans);
  const publisher = publisherOf(agent);
  await using running = new AsyncDisposableStack();
  const look = (sourceId: string) => loop.request(sourceId);
  running.use(
    await serveControl(agent.folder.data, operationHandler({ agent, isRunning: true, look })),
  );
  const watcher = fileWatcher();
  for (const { sourceId, mapping } of plans) {
    if (!settingsOf(agent.config, sourceId).watch) continue;
    running.use(watcher.watch(agent.folder.path, mapping.source.path, () => look(sourceId)));
  }
  if (isFirst) announce(context, agent);
  const { quorumWatch } = agent;
  await together<void>(io.signal, [
    (signal) => untilOtherTerms(context, signal),
    (signal) => publisher.run(signal),
    (signal) => agent.logWatch.run(signal),
    (signal) => agent.runWitness(signal),
    ...(quorumWatch === undefined ? [] : [(signal: AbortSignal) => quorumWatch.run(signal)]),
    (signal) => loop.run(signal),
    (signal) => tellPublication(context, agent, signal),
    (signal) => agent.keepCertificate(tellRenewals(context), signal),
  ]);
}

const CHANGED_VOCABULARY = {
  en: "the hub changed the vocabulary: all rows are mapped anew",
  zh: "枢纽改动了词表：所有行将重新映射",
};

/** Asks for the vocabulary now and then; returns when it is another one. */
async function untilOtherTerms(context: CommandContext, signal: AbortSignal): Promise<void> {
  do await systemClock.sleep(TERMS_EVERY_MS, signal);
  while (!(await askForTerms(context, signal)));
}

/** Whether the hub has changed the vocabulary. While it cannot be asked, mappings go by what was heard last. */
async function askForTerms(context: CommandContext, signal: AbortSignal): Promise<boolean> {
  try {
    return await refreshTerms(context.options.folder, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isTributaryError(error)) throw error;
    const { code, message, messageZh } = error;
    emit(context, { event: "vocabulary", problem: { code, message, messageZh } }, () =>
      context.t({
        en: `! the hub could not be asked for its vocabulary, mappings go by what was heard last: ${message} [${code}]`,
        zh: `! 无法向枢纽查询词表，映射沿用上次所得：${messageZh} [${code}]`,
      }),
    );
    return false;
  }
}

async function runOnce(context: CommandContext, isStrict: boolean): Promise<void> {
  const { io, options } = context;
  await using agent = await openAgent(options.folder, readEnvironment(io.env));
  await askForTerms(context, io.signal);
  const plans = await loadPlans(agent.folder, agent.config);
  if (plans.length === 0) throw noSource();
  const loop = await syncLoop(context, agent, plans);
  const publisher = publisherOf(agent);
  await using _control = await serveControl(
    agent.folder.data,
    operationHandler({ agent, isRunning: true, look: () => {} }),
  );
  const { outcomes, publication } = await together(io.signal, [
    (signal) => publisher.run(signal),
    (signal) => agent.keepCertificate(tellRenewals(context), signal),
    (signal) => publishOnce(agent, { loop, publisher }, signal),
  ]);
  const { connection, membership, pause } = agent.memo.agent;
  const result = {
    publication,
    outboxBatches: agent.feed.outbox.batches,
    ...(publication === "unreachable" && { problem: connection }),
    ...(publication === "not-a-member" && { membership }),
    ...(publication === "paused" && { pause }),
    sources: [...outcomes].map(([id, outcome]) => ({ id, ...outcome })),
  };
  context.result(result, () => publicationLine(context, agent, publication));
  const status = statusOfRun(agent, publication, [...outcomes.values()], isStrict);
  if (status !== EXIT.ok) throw new CommandExit(status);
}

/** All sources once, and once more if the hub showed meanwhile that a new feed was needed. */
async function publishOnce(
  { feed, memo, logWatch, quorumWatch }: Agent,
  { loop, publisher }: { readonly loop: SyncLoop; readonly publisher: Publisher },
  signal: AbortSignal,
) {
  for (let round = 1; ; round++) {
    const { ordinal } = feed.state;
    const outcomes = await loop.runOnce(signal);
    const publication = await publisher.outcome(signal);
    if (feed.state.ordinal !== ordinal && round < MAX_ROUNDS) continue;
    if (publication !== "published") return { outcomes, publication };
    await logWatch.look(signal);
    await quorumWatch?.look(signal);
    const afterLook: Outcome = memo.agent.pause === undefined ? publication : "paused";
    return { outcomes, publication: afterLook };
  }
}

async function syncLoop(
  context: CommandContext,
  agent: Agent,
  plans: readonly Plan[],
): Promise<SyncLoop> {
  const { feed, store, memo, clock, decisions, report } = agent;
  const releasing = await releasePublisherOf(agent, plans);
  return new SyncLoop({
    plans,
    feed,
    store,
    memo,
    clock,
    privacy: clientRules(decisions, plans),
    report,
    random: randomShare,
    engagements: releasing?.releases,
    afterLook: async (sourceId, outcome, signal) => {
      const count = (await releasing?.publisher.afterLook(sourceId, outcome, signal)) ?? 0;
      if (count > 0)
        emit(context, { event: "releases", count }, () => releasesLine(context, count));
    },
    isConfigured: (sourceId) => agent.sourceIds.includes(sourceId),
    onOutcome: (sourceId, outcome) => {
      if (outcome.type === "unchanged") return;
      emit(context, { event: "source", source: sourceId, ...outcome }, () =>
        passLine(context, sourceId, outcome),
      );
    },
  });
}

/** What releases outcomes; undefined if no source has engagements. */
async function releasePublisherOf(agent: Agent, plans: readonly Plan[]) {
  const sourceIds = plans.filter(hasEngagements).map(({ sourceId }) => sourceId);
  if (sourceIds.length === 0) return undefined;
  const { feed, store, config } = agent;
  const { ledger, releases } = await agent.outcomes();
  const { audience, license } = config.outcomes;
  const publisher = new ReleasePublisher({
    releases,
    ledger,
    feed,
    store,
    visibility: audience,
    license,
    sourceIds,
    countAtHub: async (signal) => {
      await using view = await hubView(agent.folder.path, signal);
      return await view.releaseCount(signal);
    },
  });
  return { releases, publisher };
}

function publisherOf(agent: Agent): Publisher {
  const { courier, feed, store, memo, clock, steps } = agent;
  return new Publisher({
    courier,
    feed,
    store,
    memo,
    clock,
    steps,
    random: randomShare,
    heartbeat: () => ({
      agentVersion: agentVersion(),
      outboxBatches: feed.outbox.batches,
      rejectedRows: agent.sourceIds
        .map((sourceId) => memo.source(sourceId).lastPass?.badRows ?? 0)
        .reduce((sum, rows) => sum + rows, 0),
      pausedReason: pauseInForce(memo.agent.pause, clock.now())?.message ?? "",
    }),
  });
}

/** The first line of a running agent; programs wait for it. */
function announce(context: CommandContext, agent: Agent): void {
  const { hub, sourceIds } = agent;
  const ready = {
    event: "ready",
    center: hub.center,
    hub: hub.hub,
    sources: sourceIds,
    pid: process.pid,
  };
  emit(context, ready, () =>
    context.t({
      en: `running: ${hub.center} publishes ${sourceIds.length} sources to ${hub.hub}; Ctrl-C stops, tributary-agent status tells how it is`,
      zh: `运行中：${hub.center} 正将 ${sourceIds.length} 个数据源发布到 ${hub.hub}；按 Ctrl-C 停止，用 tributary-agent status 查看状态`,
    }),
  );
}

/** Says when publication stops, and when it goes on. */
async function tellPublication(
  context: CommandContext,
  agent: Agent,
  signal: AbortSignal,
): Promise<never> {
  const { memo, clock } = agent;
  let told = "";
  for (;;) {
    const seen = memo.changes.count;
    const { membership, connection } = memo.agent;
    const pause = pauseInForce(memo.agent.pause, clock.now());
    const state = membership?.state ?? "unknown";
    const now = [state, pause?.code, connection?.code].join(" ");
    if (now !== told && state !== "unknown") {
      told = now;
      const event = { event: "publication", membership, pause, connection };
      const outcome: Outcome | "working" =
        state !== "approved"
          ? "not-a-member"
          : pause !== undefined
            ? "paused"
            : connection !== undefined
              ? "unreachable"
              : "working";
      emit(context, event, () => publicationLine(context, agent, outcome));
    }
    await memo.changes.wait(seen, signal);
  }
}

/** Says why the certificate for TLS could not be renewed: each reason once. */
function tellRenewals(context: CommandContext): (error: unknown) => void {
  let told = "";
  return (error) => {
    const problem = problemOf(error, systemClock.now());
    if (problem.code === told) return;
    told = problem.code;
    emit(context, { event: "certificate", problem }, () =>
      context.t({
        en: `! the certificate for TLS could not be renewed, which is tried again: ${problem.message} [${problem.code}]`,
        zh: `! TLS 证书续期失败，将自动重试：${problem.messageZh} [${problem.code}]`,
      }),
    );
  };
}

/** An event of a running agent: JSON on stdout, or a line with the time for people. */
function emit({ io, options }: CommandContext, event: object, text: () => string): void {
  if (options.json) io.out(toJson(event));
  else io.err(text());
}

function statusOfRun(
  agent: Agent,
  publication: Outcome,
  outcomes: readonly SyncOutcome[],
  isStrict: boolean,
): ExitStatus {
  const { connection } = agent.memo.agent;
  if (publication === "not-a-member") return EXIT.auth;
  if (publication === "paused") return EXIT.conflict;
  if (publication === "unreachable") {
    return connection === undefined ? EXIT.unreachable : statusOf(connection.code);
  }
  const failed = outcomes.find((outcome) => outcome.type === "failed");
  if (failed?.type === "failed") {
    const status = statusOf(failed.problem.code);
    return status === EXIT.retryLater ? status : EXIT.failed;
  }
  if (outcomes.some(({ type }) => type === "paused")) return EXIT.conflict;
  const hasBadRows = agent.sourceIds.some(
    (sourceId) => (agent.memo.source(sourceId).lastPass?.badRows ?? 0) > 0,
  );
  return isStrict && hasBadRows ? EXIT.partial : EXIT.ok;
}

function noSource(): TributaryError {
  return new TributaryError(
    "ERR_CONFIG_INVALID",
    "no source is mapped: the folder mappings has no file; next: tributary-agent map FILE",
    { messageZh: "尚未映射任何数据源：mappings 目录为空；下一步：tributary-agent map 文件" },
  );
}
