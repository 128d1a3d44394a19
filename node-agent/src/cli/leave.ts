/**
 * `tributary-agent leave --export FOLDER`: takes the center's data home, ends the membership, and keeps what the hub signs
 * of what is left.
 *
 * @module
 */

import { join } from "node:path";
import { TributaryError } from "@tributary/proto";
import { readKeyFile } from "../adapters/file-keys.ts";
import { replaceFile } from "../adapters/file-write.ts";
import { readEnvironment } from "../config.ts";
import { leave } from "../publish/leave.ts";
import { openAgent } from "../start.ts";
import { memberClientTo } from "../start-hub.ts";
import { type CommandContext, pathOf } from "./context.ts";
import { exportAll } from "./export.ts";
import { CommandExit, EXIT } from "./io.ts";

interface LeaveCommandOptions {
  /** Folder for the data. */
  readonly export: string;
  /** Identifier of the center: that this is meant. */
  readonly confirm?: string;
  /** Leave the signed contents in the hub's log. */
  readonly keepContents?: boolean;
  /** The recovery key permits it. */
  readonly recovery?: string;
}

export async function leaveCommand(
  context: CommandContext,
  options: LeaveCommandOptions,
): Promise<void> {
  const { io, t } = context;
  const keepsContents = options.keepContents ?? false;
  await using agent = await openAgent(context.options.folder, readEnvironment(io.env));
  const { hub, folder, feed } = agent;
  if (options.confirm !== hub.center) throw unconfirmed(hub.center);
  const path = pathOf(context, options.export);
  const exported = await exportAll(agent, path, io.signal);
  await using client = memberClientTo(hub);
  const recoveryFile = pathOf(context, options.recovery ?? folder.recoveryKeyFile);
  const recoveryKey = await readKeyFile(recoveryFile);
  const { certificate, found, isClean } = await leave(
    {
      hub,
      centerId: hub.center,
      client,
      publicKey: feed.key.publicKey,
      recoveryPublicKey: recoveryKey.publicKey,
      signingKey: options.recovery === undefined ? feed.key : recoveryKey,
      keepsContents,
    },
    io.signal,
  );
  const file = join(path, "offboarding-certificate.txt");
  await replaceFile(file, certificate, 0o600);
  const answer = { ...exported, certificate: file, isClean, found };
  context.result(answer, () =>
    [
      t({
        en: `✔ ${hub.center} has left ${hub.origin}, at log entry ${found.leftAtPosition}`,
        zh: `✔ ${hub.center} 已退出 ${hub.origin}（日志第 ${found.leftAtPosition} 条）`,
      }),
      t({
        en: `left at the hub: ${found.catalogRecords} records in the catalog, ${found.indexDocuments} in the index, ${found.entities} entities, contents of ${found.contents} of ${found.versions} versions in the log`,
        zh: `枢纽残留：目录 ${found.catalogRecords} 条、索引 ${found.indexDocuments} 条、实体 ${found.entities} 个、日志内容 ${found.contents}/${found.versions} 个版本`,
      }),
      t({
        en: `${exported.records} records, ${exported.batches} batches and the hub's certificate are in ${path}`,
        zh: `${exported.records} 条记录、${exported.batches} 个批次及退出证明已存于 ${path}`,
      }),
    ].join("\n"),
  );
  context.say({
    en: "This folder keeps your keys, the feed and the ledger; delete it when you need no proof of what you published.",
    zh: "本目录仍保留密钥、发布序列与账本；不再需要证明曾发布的内容时可自行删除。",
  });
  if (!isClean) {
    context.say({
      en: "✖ Something is left that was to go. Run the command again later with another folder, or show the certificate to the hub's operator.",
      zh: "✖ 仍有应清除的残留。请稍后指定其他目录再次执行，或将证明出示给枢纽管理员。",
    });
    throw new CommandExit(EXIT.failed);
  }
}

function unconfirmed(centerId: string): TributaryError {
  return new TributaryError(
    "ERR_ARGUMENT_INVALID",
    `leaving takes everything of ${centerId} out of the hub and cannot be undone; if that is meant, add --confirm ${centerId}`,
    {
      messageZh: `退出将从枢纽清除 ${centerId} 的全部内容且无法撤销；确认请加 --confirm ${centerId}`,
    },
  );
}
