/**
 * `tributary-hub restore`: makes a hub's folder of a backup, after a check of everything in it.
 *
 * What was signed behind the backup is not in it, and signing other entries there would give the log two histories. So a
 * restored hub is held: it answers questions and takes nothing, until its operator has accepted that the backup is the
 * newest state that anybody saw. The copy of the newest checkpoint (`TRIBUTARY_HUB_ANCHOR`) decides that by itself.
 *
 * @module
 */

import { readFile, rm } from "node:fs/promises";
import {
  equalBytes,
  formatVkey,
  openCheckpoint,
  systemClock,
  TributaryError,
} from "@tributary/proto";
import { type BackupHead, openBackup } from "../adapters/backup-file.ts";
import {
  completeDataFolder,
  type DataFolder,
  prepareDataFolder,
  writeRestored,
  writeTlsAuthority,
} from "../adapters/data-folder.ts";
import { FileCheckpointAnchor } from "../adapters/file-checkpoint-anchor.ts";
import { openLevelLogStore } from "../adapters/level-log-store.ts";
import { readConfig } from "../config.ts";
import { restoreLog } from "../log/log-backup.ts";
import { checkFolder } from "./check-folder.ts";
import type { CommandContext } from "./context.ts";

export async function restoreCommand(
  context: CommandContext,
  file: string,
  options: { readonly key?: string },
): Promise<void> {
  const { dataFolder, anchorFile } = readConfig(context.io.env, { data: context.options.data });
  await using backup = await openBackup(file);
  const { head, entries } = backup;
  const isNewest = await isNewestCheckpoint(head, anchorFile);
  const key = await keyOf(head, file, options.key);
  const folder = await prepareDataFolder(dataFolder, head.origin, key);
  let size: number;
  let lost: number;
  try {
    requireKeyOf(head, folder);
    if (head.tls !== undefined) await writeTlsAuthority(folder, head.tls);
    {
      await using store = await openLevelLogStore(folder.logFolder);
      size = await restoreLog(store, head.checkpoint, head, entries);
    }
    await new FileCheckpointAnchor(folder.checkpointFile).write(head.checkpoint);
    lost = await requireSound(folder);
    if (!isNewest) await writeRestored(folder, { size, restoredAtMs: systemClock.now() });
    await completeDataFolder(folder);
  } catch (error) {
    // The folder was empty before, and a part of a hub is worth nothing.
    await rm(folder.path, { recursive: true, force: true });
    throw error;
  }
  context.result({ folder: folder.path, origin: head.origin, size, held: !isNewest, lost }, () =>
    context.t({
      en: `Restored ${size} log entries of ${head.origin} to ${folder.path}; everything in them verifies`,
      zh: `已将 ${head.origin} 的 ${size} 条日志恢复到 ${folder.path}，全部校验通过`,
    }),
  );
  if (lost > 0) {
    context.say({
      en: `! The records of ${lost} batches were lost before the backup was made: tributary-hub heal asks their centers for them`,
      zh: `! 备份之前已有 ${lost} 个批次的记录丢失：可用 tributary-hub heal 向其中心取回`,
    });
  }
  context.say(
    isNewest
      ? {
          en: `The backup is the newest published state. Next: tributary-hub up --data ${dataFolder}`,
          zh: `该备份即最近发布的状态。下一步：tributary-hub up --data ${dataFolder}`,
        }
      : {
          en: `! The hub will take nothing until you accept this state. Start it with: tributary-hub up --data ${dataFolder}
  Ask the centers for the largest checkpoint that they hold (tributary-agent status --json). If none is larger than ${size}, stop the hub and start
  it with --accept-restored. If one is larger, entries are missing: restore a newer backup, or make a new hub with a new origin.`,
          zh: `! 在您确认之前，枢纽不接收任何内容。启动：tributary-hub up --data ${dataFolder}
  请向各中心询问其持有的最大检查点（tributary-agent status --json）。若都不大于 ${size}，请停止枢纽并以 --accept-restored 启动；
  若有更大者，则缺少日志：请恢复更新的备份，或以新的来源名新建枢纽。`,
        },
  );
}

/**
 * Whether the copy of the newest checkpoint is that of the backup.
 *
 * @throws {TributaryError} `ERR_CHECKPOINT_INCONSISTENT` if it is larger, or another of the same size.
 */
async function isNewestCheckpoint(head: BackupHead, anchorFile: string | undefined) {
  if (anchorFile === undefined) return false;
  const copy = await new FileCheckpointAnchor(anchorFile).read();
  if (copy === undefined) return false;
  const published = await openCheckpoint(copy, head);
  const restored = await openCheckpoint(head.checkpoint, head);
  if (published.size < restored.size) return false;
  if (published.size === restored.size && equalBytes(published.root, restored.root)) return true;
  throw new TributaryError(
    "ERR_CHECKPOINT_INCONSISTENT",
    `the backup has ${restored.size} entries and this hub published ${published.size} (${anchorFile}); restore a newer backup`,
    {
      messageZh: `备份有 ${restored.size} 条日志，而本枢纽已发布 ${published.size} 条（${anchorFile}）；请恢复更新的备份`,
      details: { size: restored.size, anchorSize: published.size },
    },
  );
}

async function keyOf(head: BackupHead, file: string, given: string | undefined): Promise<string> {
  if (given !== undefined) return readFile(given, "utf8");
  if (head.key !== undefined) return head.key;
  throw new TributaryError(
    "ERR_ARGUMENT_INVALID",
    `${file} does not hold the key that signs the log; name your copy of keys/checkpoint.jwk with --key FILE`,
    { messageZh: `${file} 不含签名密钥，请用 --key 指定 keys/checkpoint.jwk 的副本` },
  );
}

function requireKeyOf({ vkey, origin }: BackupHead, { signingKey }: DataFolder): void {
  if (formatVkey(origin, signingKey.publicKey) === vkey) return;
  throw new TributaryError("ERR_ARGUMENT_INVALID", `the key is not the one that signed ${origin}`, {
    messageZh: `该密钥不是签署 ${origin} 的密钥`,
  });
}

/** Checks what was written as `fsck` does, and makes the derived facts. @returns How many batches have lost their records. */
async function requireSound(folder: DataFolder): Promise<number> {
  const { replay } = await checkFolder(folder, async (store, { check, replay }) => {
    const [first] = [...check.problems, ...replay.problems];
    if (first === undefined) return store.replaceFacts(replay.facts);
    throw new TributaryError(
      "ERR_LOG_DAMAGED",
      `the backup is damaged at entry ${first.position ?? "-"}: ${first.problem}; use another backup`,
      { messageZh: `备份在第 ${first.position ?? "-"} 条处损坏：${first.problem}；请换用其他备份` },
    );
  });
  return replay.lost.length;
}
