/**
 * `tributary-hub keys`: makes, lists and ends the API keys of programs.
 *
 * @module
 */

import { type ApiKeyView, type IssuedApiKey, systemClock, TributaryError } from "@tributary/proto";
import { AccessService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";
import type { Bilingual } from "./io.ts";
import { table } from "./table.ts";

interface CreateOptions {
  readonly name: string;
  readonly scope: readonly string[];
  readonly validFor: string;
}

const MAX_DAYS = 400;

export async function keysCreateCommand(
  context: CommandContext,
  options: CreateOptions,
): Promise<void> {
  const days = Number(options.validFor);
  if (!(days > 0 && days <= MAX_DAYS)) {
    throw new TributaryError(
      "ERR_ARGUMENT_INVALID",
      `--valid-for is a number of days up to ${MAX_DAYS}, not ${options.validFor}`,
      { messageZh: `--valid-for 为不超过 ${MAX_DAYS} 的天数，收到 ${options.validFor}` },
    );
  }
  const { key, id, expiresAtMs } = await callHub<IssuedApiKey>(
    context,
    AccessService.method.createApiKey,
    {
      name: options.name,
      scopes: options.scope,
      validForSeconds: Math.ceil(days * 86_400),
    },
  );
  const expiresAt = new Date(expiresAtMs).toISOString();
  context.result({ key, id, expiresAt }, () => key);
  context.say({
    en: `Shown this once: keep it where the program reads its secrets. Good until ${expiresAt}.
Callers send it as "authorization: Bearer <key>". To end it: tributary-hub keys revoke ${id}`,
    zh: `仅显示这一次，请存入程序读取密钥之处。有效期至 ${expiresAt}。
调用时使用 "authorization: Bearer <密钥>"。撤销：tributary-hub keys revoke ${id}`,
  });
}

export async function keysListCommand(context: CommandContext): Promise<void> {
  const { keys } = await callHub<{ readonly keys: readonly ApiKeyView[] }>(
    context,
    AccessService.method.listApiKeys,
    {},
  );
  const head = {
    en: ["id", "name", "scopes", "state", "made", "ends"],
    zh: ["标识", "名称", "权限", "状态", "创建", "到期"],
  }[context.options.language];
  const nowMs = systemClock.now();
  context.result({ keys }, () =>
    table(
      head,
      keys.map((key) => [
        key.id,
        key.name,
        key.scopes.join(" "),
        context.t(stateOf(key, nowMs)),
        dayOf(key.createdAtMs),
        dayOf(key.expiresAtMs),
      ]),
    ),
  );
}

export async function keysRevokeCommand(context: CommandContext, id: string): Promise<void> {
  await callHub(context, AccessService.method.revokeApiKey, { id });
  context.result({ id, state: "revoked" }, () =>
    context.t({ en: `${id} is revoked`, zh: `${id} 已撤销` }),
  );
}

function stateOf({ revokedAtMs, expiresAtMs }: ApiKeyView, nowMs: number): Bilingual {
  if (revokedAtMs > 0) return { en: "revoked", zh: "已撤销" };
  return expiresAtMs <= nowMs ? { en: "ended", zh: "已到期" } : { en: "good", zh: "有效" };
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
