/**
 * `tributary-hub accounts`: invites, lists and removes the people who operate the hub on its page.
 *
 * @module
 */

import type { AccountLink, AccountView } from "@tributary/proto";
import { AccountService } from "@tributary/proto/wire";
import { readRunning } from "../adapters/data-folder.ts";
import { type CommandContext, callHub, folderOf } from "./context.ts";
import { signInUrl } from "./sign-in-url.ts";
import { table } from "./table.ts";

export async function accountsInviteCommand(
  context: CommandContext,
  name: string,
  { role }: { readonly role: string },
): Promise<void> {
  const { link, expiresAtMs } = await callHub<AccountLink>(
    context,
    AccountService.method.inviteAccount,
    { name, role },
  );
  const running = await readRunning(await folderOf(context));
  const url = signInUrl(running?.web ?? "", link);
  const expiresAt = new Date(expiresAtMs).toISOString();
  context.result({ name, role, url, expiresAt }, () => url);
  context.say({
    en: `${name} signs in with this link as ${role} and chooses a password. It works once, until ${expiresAt}; a password and sessions of before are over.`,
    zh: `${name} 用此链接以 ${role} 身份登录并设置密码。链接仅可使用一次，有效期至 ${expiresAt}；此前的密码与会话已失效。`,
  });
}

export async function accountsListCommand(context: CommandContext): Promise<void> {
  const { accounts } = await callHub<{ readonly accounts: readonly AccountView[] }>(
    context,
    AccountService.method.listAccounts,
    {},
  );
  const head = {
    en: ["name", "role", "state", "made"],
    zh: ["名称", "角色", "状态", "创建"],
  }[context.options.language];
  context.result({ accounts }, () =>
    table(
      head,
      accounts.map(({ name, role, hasPassword, createdAtMs }) => [
        name,
        role,
        context.t(hasPassword ? { en: "active", zh: "已启用" } : { en: "invited", zh: "已邀请" }),
        new Date(createdAtMs).toISOString().slice(0, 10),
      ]),
    ),
  );
}

export async function accountsRemoveCommand(context: CommandContext, name: string): Promise<void> {
  await callHub(context, AccountService.method.removeAccount, { name });
  context.result({ name, state: "removed" }, () =>
    context.t({ en: `${name} is removed`, zh: `${name} 已删除` }),
  );
}
