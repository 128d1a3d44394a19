/**
 * The composition of what releases outcomes: the ledger, its secrets, the budget of noised answers.
 *
 * @module
 */

import { rename } from "node:fs/promises";
import {
  type Clock,
  decodeBody,
  isTributaryError,
  randomBytes,
  standardHierarchies,
  TributaryError,
} from "@tributary/proto";
import { type AgentFolder, exists, makePrivateFolder } from "./adapters/agent-folder.ts";
import {
  newPseudonymKeys,
  readPseudonymKeys,
  writePseudonymKeys,
} from "./adapters/file-pseudonym-keys.ts";
import { openLevelBudgetLedger } from "./adapters/level-budget-ledger.ts";
import { openLevelReleaseLedger } from "./adapters/level-release-ledger.ts";
import { agentVersion } from "./cli/version.ts";
import type { AgentConfig } from "./config.ts";
import type { BudgetLedger } from "./ports/budget-ledger.ts";
import type { ReleaseLedger } from "./ports/release-ledger.ts";
import { PrivacyAccountant } from "./privacy/budget/accountant.ts";
import { assertLedgerHas, readLedger as readBudgetLedger } from "./privacy/budget/ledger-entry.ts";
import { epochAt, parseEpoch } from "./privacy/release/epoch.ts";
import { readLedgerBackup } from "./privacy/release/ledger-backup.ts";
import { MEMBERS_POLICY, PUBLIC_POLICY, type ReleasePolicy } from "./privacy/release/policy.ts";
import { type PseudonymKeys, pseudonymsOf } from "./privacy/release/pseudonym.ts";
import type { ReleaseTerms } from "./privacy/release/release-body.ts";
import { Releases } from "./privacy/release/releases.ts";

/** Outcomes of a center, open. */
export interface Outcomes extends AsyncDisposable {
  readonly ledger: ReleaseLedger;
  /** Undefined where no noised answer was ever asked for. */
  readonly budget: BudgetLedger | undefined;
  readonly releases: Releases;
  readonly keys: PseudonymKeys;
  readonly terms: ReleaseTerms;
}

/**
 * Opens the ledger of releases, or makes it with the secrets of pseudonyms.
 *
 * @throws {TributaryError} `ERR_STORE_DAMAGED` if the ledger is gone and the secrets are not, or the other way round:
 * nobody then knows which records were used. Else as `openLevelReleaseLedger` and `readPseudonymKeys`.
 */
export async function openOutcomes(
  folder: AgentFolder,
  { outcomes }: AgentConfig,
  clock: Clock,
): Promise<Outcomes> {
  await makePrivateFolder(folder.ledger);
  await using opened = new AsyncDisposableStack();
  const ledger = opened.use(await openLevelReleaseLedger(folder.ledger));
  const head = await ledger.head();
  let keys = await readPseudonymKeys(folder.pseudonymsFile);
  if (head === undefined) {
    if (keys !== undefined) throw lostLedger("the ledger is empty", "账本为空");
    const openEpoch = parseEpoch(outcomes.since ?? "") ?? epochAt(clock.now());
    await ledger.commit({ head: { openEpoch, nextSeq: 0, lastHash: new Uint8Array() } });
  }
  if (keys === undefined) {
    for await (const _ of ledger.pending()) {
      throw lostLedger("its secrets are missing", "缺少假名密钥");
    }
    if ((head?.nextSeq ?? 0) > 0) throw lostLedger("its secrets are missing", "缺少假名密钥");
    keys = newPseudonymKeys();
    await writePseudonymKeys(folder.pseudonymsFile, keys);
  }
  const terms: ReleaseTerms = {
    policy: releasePolicyOf({ outcomes }),
    hierarchies: standardHierarchies(),
    agentVersion: agentVersion(),
    consentBasis: outcomes.consentBasis,
  };
  const budget = (await wasSpent(folder, outcomes))
    ? opened.use(await openBudget(folder, ledger))
    : undefined;
  const noise =
    budget && outcomes.noise
      ? { accountant: new PrivacyAccountant(budget, { randomBytes }), randomBytes }
      : undefined;
  const releases = new Releases({ ledger, pseudonyms: pseudonymsOf(keys), terms, clock, noise });
  const closes = opened.move();
  return {
    ledger,
    budget,
    releases,
    keys,
    terms,
    [Symbol.asyncDispose]: () => closes.disposeAsync(),
  };
}

/** True if there is a budget ledger, or the settings ask for noised answers. */
async function wasSpent(folder: AgentFolder, { noise }: AgentConfig["outcomes"]): Promise<boolean> {
  return noise || (await exists(folder.budget));
}

/** @throws {TributaryError} `ERR_STORE_DAMAGED` also if it is older than what releases state. */
async function openBudget(folder: AgentFolder, ledger: ReleaseLedger): Promise<BudgetLedger> {
  await makePrivateFolder(folder.budget);
  await using opened = new AsyncDisposableStack();
  const budget = opened.use(await openLevelBudgetLedger(folder.budget));
  const stored = await budget.entries();
  let newest: Uint8Array | undefined;
  for await (const { body } of ledger.releases(0)) {
    newest = decodeBody("outcome", body).budget?.ledgerHead ?? newest;
  }
  if (newest !== undefined) assertLedgerHas(stored, newest);
  opened.move();
  return budget;
}

/** The rules for outcomes that the settings ask for. */
export function releasePolicyOf({ outcomes }: Pick<AgentConfig, "outcomes">): ReleasePolicy {
  return outcomes.audience === "public" ? PUBLIC_POLICY : MEMBERS_POLICY;
}

/**
 * Puts a backup in the place of the ledger; what stood there is kept beside it.
 *
 * @throws {TributaryError} `ERR_STORE_DAMAGED` for no backup; `ERR_ALREADY_EXISTS` if the ledger that is there released
 * more than the backup knows; `ERR_FOLDER_IN_USE`.
 */
export async function restoreOutcomes(
  folder: AgentFolder,
  text: string,
): Promise<{ readonly nextSeq: number; readonly pending: number }> {
  const { keys, content, budget } = readLedgerBackup(text);
  const { nextSeq } = content.head;
  if (await exists(folder.ledger)) {
    const present = await presentSeq(folder.ledger);
    if (present > nextSeq) throw newerLedger(present, nextSeq);
    await rename(folder.ledger, `${folder.ledger}.before-${Date.now()}`);
  }
  await makePrivateFolder(folder.ledger);
  {
    await using ledger = await openLevelReleaseLedger(folder.ledger);
    await ledger.commit(content);
  }
  await restoreBudget(folder, budget);
  await writePseudonymKeys(folder.pseudonymsFile, keys);
  return { nextSeq, pending: content.pending.length };
}

/** Puts the budget ledger of a backup in place, unless the one that is there has spent as much. */
async function restoreBudget(folder: AgentFolder, entries: readonly Uint8Array[]): Promise<void> {
  if (entries.length === 0) return;
  if (await exists(folder.budget)) {
    if ((await presentEntries(folder.budget)) >= entries.length) return;
    await rename(folder.budget, `${folder.budget}.before-${Date.now()}`);
  }
  await makePrivateFolder(folder.budget);
  await using budget = await openLevelBudgetLedger(folder.budget);
  for (const [position, entry] of entries.entries()) await budget.append(position, entry);
}

/** Entries of a budget ledger; 0 of one that cannot be read. @throws {TributaryError} `ERR_FOLDER_IN_USE`. */
async function presentEntries(path: string): Promise<number> {
  try {
    await using budget = await openLevelBudgetLedger(path);
    return readBudgetLedger(await budget.entries()).entries.length;
  } catch (error) {
    if (isTributaryError(error, "ERR_STORE_DAMAGED")) return 0;
    throw error;
  }
}

/** Releases of a ledger; 0 of one that cannot be read. @throws {TributaryError} `ERR_FOLDER_IN_USE`. */
async function presentSeq(path: string): Promise<number> {
  try {
    await using ledger = await openLevelReleaseLedger(path);
    return (await ledger.head())?.nextSeq ?? 0;
  } catch (error) {
    if (isTributaryError(error, "ERR_STORE_DAMAGED")) return 0;
    throw error;
  }
}

function newerLedger(present: number, backup: number): TributaryError {
  return new TributaryError(
    "ERR_ALREADY_EXISTS",
    `the ledger that is there has ${present} releases, the backup only ${backup}: restoring it would publish records twice`,
    { messageZh: `现有账本已有 ${present} 期发布，备份仅 ${backup} 期：恢复会导致重复发布` },
  );
}

function lostLedger(what: string, whatZh: string): TributaryError {
  return new TributaryError(
    "ERR_STORE_DAMAGED",
    `no outcomes are released: ${what}, and it is not known which records were used; restore a backup with: tributary-agent privacy restore FILE`,
    {
      messageZh: `已停止发布成效：${whatZh}，无法确定哪些记录已使用；请用 tributary-agent privacy restore 恢复备份`,
    },
  );
}
