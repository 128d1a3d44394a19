/**
 * `tributary-hub init`: makes a new hub in an empty folder.
 *
 * @module
 */

import { formatVkey } from "@tributary/proto";
import { type DataFolder, initDataFolder } from "../adapters/data-folder.ts";
import { readConfig } from "../config.ts";
import type { CommandContext } from "./context.ts";

export async function initCommand(
  context: CommandContext,
  options: { readonly origin?: string },
): Promise<void> {
  const { io } = context;
  const { dataFolder } = readConfig(io.env, { data: context.options.data });
  const folder = await initDataFolder(dataFolder, options.origin);
  context.result(describe(folder), () =>
    context.t({
      en: `Made a hub in ${folder.path}\n  origin  ${folder.origin}\n  vkey    ${vkeyOf(folder)}`,
      zh: `已在 ${folder.path} 新建枢纽\n  来源名  ${folder.origin}\n  公钥    ${vkeyOf(folder)}`,
    }),
  );
  context.say({
    en: `Next: tributary-hub up --data ${dataFolder}`,
    zh: `下一步：tributary-hub up --data ${dataFolder}`,
  });
}

function describe(folder: DataFolder): object {
  return { folder: folder.path, origin: folder.origin, vkey: vkeyOf(folder) };
}

function vkeyOf({ origin, signingKey }: DataFolder): string {
  return formatVkey(origin, signingKey.publicKey);
}
