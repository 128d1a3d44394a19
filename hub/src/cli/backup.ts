/**
 * `tributary-hub backup`: the log with its records and receipts as one file, from a running or a stopped hub.
 *
 * Not in it: the operator's token, open invitations (one that was used since would work a second time), keys for a NATS
 * server, and what is derived from the log.
 *
 * @module
 */

import {
  exportSigningKey,
  formatVkey,
  isTributaryError,
  TributaryError,
  type TrustedLog,
} from "@tributary/proto";
import { AdminService } from "@tributary/proto/wire";
import { writeBackup } from "../adapters/backup-file.ts";
import { type DataFolder, readRunning, readTlsAuthority } from "../adapters/data-folder.ts";
import type { HubClient } from "../adapters/grpc-hub-client.ts";
import { openLevelLogStore } from "../adapters/level-log-store.ts";
import { type BackupEntry, backupEntries, entriesOfCheckpoint } from "../log/log-backup.ts";
import { type CommandContext, clientOf, folderOf } from "./context.ts";

/** A backup that takes longer than this is given up: 6 hours. */
const TIMEOUT_MS = 6 * 3_600_000;

interface Source extends AsyncDisposable {
  readonly checkpoint: string;
  readonly entries: AsyncIterable<BackupEntry>;
}

export async function backupCommand(
  context: CommandContext,
  file: string,
  options: { readonly withKey: boolean },
): Promise<void> {
  const folder = await folderOf(context);
  const { origin, signingKey } = folder;
  const trusted: TrustedLog = { origin, vkey: formatVkey(origin, signingKey.publicKey) };
  await using source = await openSource(folder, context.io.signal);
  const { checkpoint, entries } = source;
  const size = await writeBackup(
    file,
    {
      ...trusted,
      checkpoint,
      ...(options.withKey && {
        key: await exportSigningKey(signingKey),
        tls: await readTlsAuthority(folder),
      }),
    },
    entriesOfCheckpoint(entries, checkpoint, trusted),
  );
  context.result({ file, size, origin, withKey: options.withKey }, () =>
    context.t({ en: `${file}: ${size} log entries`, zh: `${file}：${size} 条日志` }),
  );
  context.say(
    options.withKey
      ? {
          en: "! The file holds the key that signs this hub's log. Whoever reads it can sign a false history: keep it encrypted, away from other backups.",
          zh: "! 备份文件含有签署本枢纽日志的密钥，持有者可伪造历史：请加密保存，并与其他备份分开存放。",
        }
      : {
          en: `The key is not in it: keep a copy of ${folder.path}/keys/checkpoint.jwk apart; without it nothing can be restored.`,
          zh: `备份不含密钥：请另行保存 ${folder.path}/keys/checkpoint.jwk，缺少它将无法恢复。`,
        },
  );
}

/** The running hub, or its store if none runs. */
async function openSource(folder: DataFolder, signal: AbortSignal): Promise<Source> {
  const running = await readRunning(folder);
  if (running === undefined) return openStopped(folder, signal);
  try {
    return await openRunning(clientOf(folder, running, TIMEOUT_MS), signal);
  } catch (error) {
    // A hub that died left its addresses behind.
    if (!isTributaryError(error, "ERR_UNAVAILABLE")) throw error;
    return openStopped(folder, signal);
  }
}

interface BackupPart extends BackupEntry {
  readonly checkpoint: string;
}

async function openRunning(client: HubClient, signal: AbortSignal): Promise<Source> {
  const parts = client
    .stream<BackupPart>(AdminService.method.backup, {}, signal)
    [Symbol.asyncIterator]();
  const close = async () => {
    await parts.return?.();
    client[Symbol.dispose]();
  };
  try {
    const first = await parts.next();
    return {
      checkpoint: first.done ? "" : first.value.checkpoint,
      entries: { [Symbol.asyncIterator]: () => parts },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openStopped(folder: DataFolder, signal: AbortSignal): Promise<Source> {
  const store = await openLevelLogStore(folder.logFolder);
  const head = await store.readHead();
  if (head === undefined) {
    await store[Symbol.asyncDispose]();
    throw new TributaryError("ERR_UNAVAILABLE", "the log has no entry yet", {
      messageZh: "日志尚无内容",
    });
  }
  return {
    checkpoint: head.checkpoint,
    entries: backupEntries(store, head.size, signal),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
