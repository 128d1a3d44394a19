/**
 * `tributary-agent join`: becomes a member of a hub by an invitation, which comes from stdin or a file and never from
 * the command line, since every user of the machine can read that.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { systemClock, TributaryError } from "@tributary/proto";
import { agentFolder, exists, readHubFile, writeHubFile } from "../adapters/agent-folder.ts";
import { adoptNextKey, ensureKeyFile, readKeyFile } from "../adapters/file-keys.ts";
import { readEnvironment } from "../config.ts";
import { joinHub } from "../publish/join.ts";
import { parseJoinCode } from "../publish/join-code.ts";
import { openAgent } from "../start.ts";
import { certify, courierTo, memberClientTo } from "../start-hub.ts";
import { readConfig } from "../start-plans.ts";
import type { MembershipState } from "../sync/agent-state.ts";
import { type CommandContext, pathOf } from "./context.ts";
import { CommandExit, EXIT } from "./io.ts";
import { agentVersion } from "./version.ts";

interface JoinOptions {
  /** File with the invitation; `-` is stdin. */
  readonly codeFile?: string;
  /** Wait for the operator's decision. */
  readonly wait?: boolean;
  /** Join although the folder has joined a hub. */
  readonly again?: boolean;
}

const ASK_AGAIN_MS = 1_000;

export async function joinCommand(context: CommandContext, options: JoinOptions): Promise<void> {
  const { io } = context;
  const folder = agentFolder(context.options.folder);
  await readConfig(folder);
  const joined = await readHubFile(folder);
  if (joined !== undefined && !options.again) {
    throw new TributaryError(
      "ERR_ALREADY_EXISTS",
      `this folder has joined ${joined.origin} as ${joined.center}; to join once more with a new invitation, add --again`,
      {
        messageZh: `本目录已作为 ${joined.center} 加入 ${joined.origin}；如需用新的加入码重新加入，请加 --again`,
      },
    );
  }
  const code = parseJoinCode(await readCode(context, options.codeFile));
  // The key of before may be revoked, or known to others. The new one is kept before the hub hears of it: after a lost answer
  // the same command goes on with it.
  const replacesKey = joined !== undefined && (await exists(folder.agentKeyFile));
  const newKeyFile = replacesKey ? folder.nextKeyFile : folder.agentKeyFile;
  const key = await ensureKeyFile(newKeyFile);
  const recoveryKey = await ensureKeyFile(folder.recoveryKeyFile);
  await using client = memberClientTo(code);
  const { state, checkCode } = await joinHub(
    { code, client, key, recoveryKey, agentVersion: agentVersion() },
    io.signal,
  );
  const { hub, origin, vkey, center, tls, ca } = code;
  const joinedAtMs = systemClock.now();
  if (joined !== undefined) await beginAnew(context);
  await writeHubFile(folder, { hub, origin, vkey, center, tls, ca, checkCode, joinedAtMs });
  if (replacesKey) await adoptNextKey(folder, await readKeyFile(folder.agentKeyFile));
  await certify(folder, { ...code, checkCode, joinedAtMs }, key, io.signal);
  context.say({
    en: `Check code ${checkCode}: the operator's screen has to show the same six characters for ${center}.
Keep a copy of ${folder.recoveryKeyFile} in a safe place: it can replace a lost key.`,
    zh: `校验码 ${checkCode}：管理员屏幕上 ${center} 的校验码应与此一致。
请将 ${folder.recoveryKeyFile} 另行妥善备份：密钥丢失时可用它更换。`,
  });
  const decided =
    options.wait && state === "pending" ? await waitForDecision(context) : { state, reason: "" };
  context.result({ center, hub, origin, checkCode, ...decided }, () =>
    context.t(stateText(decided)),
  );
  if (decided.state === "pending" || decided.state === "approved") {
    context.say({
      en: "Next: tributary-agent discover PATH, then tributary-agent map PATH",
      zh: "下一步：tributary-agent discover 路径，然后 tributary-agent map 路径",
    });
    return;
  }
  throw new CommandExit(EXIT.auth);
}

/** Opens a new feed: what waits under the key of before would be refused for ever. */
async function beginAnew({ io, options }: CommandContext): Promise<void> {
  await using agent = await openAgent(options.folder, readEnvironment(io.env));
  await agent.feed.renew("rekeyed");
  await agent.memo.updateAgent({ pause: undefined, membership: undefined });
}

async function readCode(context: CommandContext, file: string | undefined): Promise<string> {
  const { io } = context;
  if (file !== undefined && file !== "-") return readFile(pathOf(context, file), "utf8");
  if (file === undefined && io.isInteractive) {
    const answer = await io.askSecret(
      context.t({ en: "Paste the join code:", zh: "请粘贴加入码：" }),
    );
    if (answer === undefined) throw new CommandExit(EXIT.interrupted);
    return answer;
  }
  return io.readStdin();
}

/** Resolves when the operator has decided. */
async function waitForDecision(
  context: CommandContext,
): Promise<Pick<MembershipState, "state" | "reason">> {
  const { io } = context;
  const folder = agentFolder(context.options.folder);
  const hub = await readHubFile(folder);
  if (hub === undefined) throw new TypeError("joined without a hub file");
  const courier = courierTo(folder, hub, await readKeyFile(folder.agentKeyFile));
  context.say({
    en: "Waiting for the operator's approval; Ctrl-C stops waiting, not the request.",
    zh: "正在等待管理员批准；按 Ctrl-C 可停止等待，申请仍然有效。",
  });
  await using session = courier.connect();
  for (;;) {
    const { state, reason } = await session.membership(io.signal);
    if (state !== "pending") return { state, reason };
    await systemClock.sleep(ASK_AGAIN_MS, io.signal);
  }
}

function stateText({ state, reason }: Pick<MembershipState, "state" | "reason">) {
  const because = reason === "" ? "" : `: ${reason}`;
  if (state === "approved") return { en: "✔ approved", zh: "✔ 已批准" };
  if (state === "pending") {
    return {
      en: "… waiting for the operator's approval (you can map sources meanwhile)",
      zh: "… 等待管理员批准（可先进行数据映射）",
    };
  }
  return { en: `✖ ${state}${because}`, zh: `✖ ${state}${because}` };
}
