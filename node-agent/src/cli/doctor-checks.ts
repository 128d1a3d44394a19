/**
 * The checks of `doctor`, in an order in which an earlier one explains a later one.
 *
 * @module
 */

import { lookup } from "node:dns/promises";
import { access, constants, stat, statfs } from "node:fs/promises";
import { createConnection } from "node:net";
import { dirname } from "node:path";
import { isTributaryError, systemClock } from "@tributary/proto";
import { agentFolder, exists, type HubFile, readHubFile } from "../adapters/agent-folder.ts";
import { readKeyFile } from "../adapters/file-keys.ts";
import { renewalDueInMs } from "../publish/certificate.ts";
import { courierTo, heldCertificate, memberClientTo } from "../start-hub.ts";
import { checkSources, loadPlans, readConfig } from "../start-plans.ts";
import type { CommandContext } from "./context.ts";
import type { Bilingual } from "./io.ts";
import { operate } from "./operations.ts";
import type { AgentStatus } from "./status-operation.ts";

export type Severity = "ok" | "warning" | "failure" | "skipped";

/** What a check found. */
export interface Finding {
  readonly severity: Severity;
  readonly text: Bilingual;
  /** What to do. */
  readonly fix?: Bilingual;
}

type Check = (context: CommandContext) => Promise<Finding>;

const OLDEST_NODE_MAJOR = 24;
const LITTLE_SPACE_BYTES = 2 ** 30;
const CONNECT_TIMEOUT_MS = 5_000;

const checkNode: Check = async () => {
  const { node } = process.versions;
  return Number(node.split(".")[0]) >= OLDEST_NODE_MAJOR
    ? ok(`Node ${node}`, `Node ${node}`)
    : failure(`Node ${node} is too old`, `Node ${node} 版本过低`, {
        en: `install Node ${OLDEST_NODE_MAJOR} or newer`,
        zh: `请安装 Node ${OLDEST_NODE_MAJOR} 或更高版本`,
      });
};

const checkFolder: Check = async ({ options }) => {
  const folder = agentFolder(options.folder);
  if (!(await exists(folder.configFile))) {
    return failure(`${folder.path} is not the folder of an agent`, `${folder.path} 不是代理目录`, {
      en: `tributary-agent init ${folder.path}`,
      zh: `tributary-agent init ${folder.path}`,
    });
  }
  const isWritable = await access(folder.path, constants.W_OK).then(
    () => true,
    () => false,
  );
  return isWritable
    ? ok(folder.path, folder.path)
    : failure(`${folder.path} cannot be written`, `${folder.path} 不可写`, {
        en: "give the agent's user write permission",
        zh: "请授予运行代理的用户写权限",
      });
};

const checkDisk: Check = async ({ options }) => {
  const folder = agentFolder(options.folder);
  const place = (await exists(folder.path)) ? folder.path : dirname(folder.path);
  const { bavail, bsize } = await statfs(place);
  const free = bavail * bsize;
  const gib = (free / 2 ** 30).toFixed(1);
  return free >= LITTLE_SPACE_BYTES
    ? ok(`${gib} GiB free`, `剩余 ${gib} GiB`)
    : warning(`only ${gib} GiB free`, `仅剩 ${gib} GiB`, {
        en: "free some space: the outbox waits on this disk when the hub cannot be reached",
        zh: "请清理空间：无法连接枢纽时，待发数据存放于此磁盘",
      });
};

const checkConfig: Check = async ({ options }) => {
  await readConfig(agentFolder(options.folder));
  return ok("tributary-agent.yaml is valid", "tributary-agent.yaml 有效");
};

const checkMappings: Check = async ({ options }) => {
  const plans = await plansIn(options.folder);
  return plans.length > 0
    ? ok(`${plans.length} sources are mapped`, `已映射 ${plans.length} 个数据源`)
    : warning("no source is mapped", "尚未映射任何数据源", {
        en: "tributary-agent map FILE",
        zh: "tributary-agent map 文件",
      });
};

const checkSourcesReadable: Check = async ({ options, io }) => {
  const results = await checkSources(await plansIn(options.folder), io.signal);
  const bad = results.filter(({ ok }) => !ok);
  if (bad.length === 0)
    return ok(`${results.length} sources can be read`, `${results.length} 个数据源可读取`);
  return failure(
    bad.map(({ sourceId, message }) => `${sourceId}: ${message}`).join("; "),
    bad.map(({ sourceId, messageZh }) => `${sourceId}：${messageZh}`).join("；"),
    { en: "see: tributary-agent check", zh: "详见：tributary-agent check" },
  );
};

const checkKeys: Check = async ({ options }) => {
  const folder = agentFolder(options.folder);
  if (!(await exists(folder.agentKeyFile))) {
    return warning("there is no key yet", "尚无密钥", {
      en: "tributary-agent join makes it",
      zh: "运行 tributary-agent join 时会自动生成",
    });
  }
  await readKeyFile(folder.agentKeyFile);
  await readKeyFile(folder.recoveryKeyFile);
  const { mode } = await stat(folder.keys);
  return (mode & 0o077) === 0 || process.platform === "win32"
    ? ok("keys are readable by their owner only", "密钥仅所有者可读")
    : warning(`others may enter ${folder.keys}`, `其他用户可进入 ${folder.keys}`, {
        en: `chmod 700 ${folder.keys}`,
        zh: `chmod 700 ${folder.keys}`,
      });
};

const checkJoined: Check = async ({ options }) => {
  const hub = await readHubFile(agentFolder(options.folder));
  return hub === undefined
    ? failure("no hub was joined", "尚未加入枢纽", {
        en: "tributary-agent join",
        zh: "tributary-agent join",
      })
    : ok(
        `${hub.center} at ${hub.origin}, check code ${hub.checkCode}`,
        `${hub.center} @ ${hub.origin}，校验码 ${hub.checkCode}`,
      );
};

const checkStore: Check = async (context) => {
  if ((await hubOf(context)) === undefined) return skipped();
  const { feed } = await operate<AgentStatus>(context, "status");
  const verified = await operate<{ readonly faults: readonly object[]; readonly batches: number }>(
    context,
    "feedVerify",
  );
  if (verified.faults.length > 0) {
    return failure(
      `${verified.faults.length} batches of the feed do not verify`,
      `发布序列中有 ${verified.faults.length} 个批次校验失败`,
      {
        en: "tributary-agent feed verify, then feed renew",
        zh: "先运行 tributary-agent feed verify，再运行 feed renew",
      },
    );
  }
  const isNearlyFull = feed.outboxBytes > feed.maxOutboxBytes * 0.8;
  return isNearlyFull
    ? warning("the outbox is nearly full", "待发区将满", {
        en: "find out why the hub does not answer: tributary-agent status",
        zh: "请查明枢纽未应答的原因：tributary-agent status",
      })
    : ok(
        `feed of ${verified.batches} batches verifies, ${feed.outboxBatches} wait`,
        `发布序列 ${verified.batches} 个批次校验通过，${feed.outboxBatches} 个等待中`,
      );
};

const checkNetwork: Check = async (context) => {
  const hub = await hubOf(context);
  if (hub === undefined) return skipped();
  const at = hub.hub.lastIndexOf(":");
  const host = hub.hub.slice(0, at).replace(/^\[|\]$/g, "");
  const port = Number(hub.hub.slice(at + 1));
  const address = await lookup(host).catch(() => undefined);
  if (address === undefined) {
    return failure(`the name ${host} cannot be resolved`, `无法解析主机名 ${host}`, {
      en: `ask the network department: please resolve ${host} on this machine`,
      zh: `请联系网络部门：在本机上解析 ${host}`,
    });
  }
  const problem = await connect(address.address, port);
  if (problem === undefined) return ok(`${hub.hub} accepts connections`, `${hub.hub} 可连接`);
  return failure(
    `${address.address}:${port} does not accept connections (${problem})`,
    `无法连接 ${address.address}:${port}（${problem}）`,
    {
      en: `ask the network department: please allow TCP ${port} from this machine to ${address.address} (${host})`,
      zh: `请联系网络部门：放行本机到 ${address.address}（${host}）的 TCP ${port} 端口`,
    },
  );
};

const checkHub: Check = async (context) => {
  const hub = await hubOf(context);
  if (hub === undefined) return skipped();
  await using client = memberClientTo(hub);
  const { hubOrigin, hubVkey } = await client.requestChallenge(hub.center, context.io.signal);
  return hubOrigin === hub.origin && hubVkey === hub.vkey
    ? ok(`the hub is ${hub.origin}`, `枢纽身份为 ${hub.origin}`)
    : failure(
        `the hub that answers is ${hubOrigin}, not ${hub.origin}`,
        `应答的枢纽为 ${hubOrigin}，而非 ${hub.origin}`,
        {
          en: "ask the hub's operator: somebody may stand between you",
          zh: "请联系枢纽管理员：连接可能被截获",
        },
      );
};

const checkMembership: Check = async (context) => {
  const hub = await hubOf(context);
  if (hub === undefined) return skipped();
  const folder = agentFolder(context.options.folder);
  await using session = courierTo(folder, hub, await readKeyFile(folder.agentKeyFile)).connect();
  const { state, reason } = await session.membership(context.io.signal);
  if (state === "approved") return ok("approved", "已批准");
  const detail = reason === "" ? state : `${state}: ${reason}`;
  const fix = {
    en: `ask the operator of ${hub.origin}`,
    zh: `请联系 ${hub.origin} 的管理员`,
  };
  return state === "pending" ? warning(detail, detail, fix) : failure(detail, detail, fix);
};

const checkCertificate: Check = async (context) => {
  const hub = await hubOf(context);
  if (hub === undefined) return skipped();
  if (!hub.tls) return ok("the hub is reached without TLS", "未经 TLS 连接枢纽");
  const folder = agentFolder(context.options.folder);
  const held = await heldCertificate(folder, hub, await readKeyFile(folder.agentKeyFile));
  const nowMs = systemClock.now();
  const fix = {
    en: "tributary-agent run renews it by itself; if it does not, its output says why",
    zh: "tributary-agent run 会自动续期；若未续期，其输出会说明原因",
  };
  if (held === undefined) {
    return warning(
      "there is no certificate of the hub; right where a proxy in front of it adds TLS",
      "没有枢纽签发的证书；若枢纽前由代理提供 TLS 则属正常",
      fix,
    );
  }
  const until = new Date(held.untilMs).toISOString();
  if (!held.isCurrent) {
    return failure("the certificate is of another key or center", "证书属于其他密钥或中心", fix);
  }
  if (held.untilMs <= nowMs) {
    return failure(`the certificate ended at ${until}`, `证书已于 ${until} 到期`, fix);
  }
  return renewalDueInMs(held, nowMs) <= 0
    ? warning(
        `the certificate is good until ${until} and should have been renewed`,
        `证书有效期至 ${until}，本应已续期`,
        fix,
      )
    : ok(`the certificate is good until ${until}`, `证书有效期至 ${until}`);
};

/** The checks by their stable ids. */
export const CHECKS: Readonly<Record<string, Check>> = {
  node: checkNode,
  folder: checkFolder,
  disk: checkDisk,
  config: told(checkConfig),
  mappings: told(checkMappings),
  sources: told(checkSourcesReadable),
  keys: told(checkKeys),
  joined: told(checkJoined),
  store: told(checkStore),
  network: checkNetwork,
  hub: told(checkHub),
  certificate: told(checkCertificate),
  membership: told(checkMembership),
};

/** A check whose known errors are its finding. */
function told(check: Check): Check {
  return async (context) => {
    try {
      return await check(context);
    } catch (error) {
      if (!isTributaryError(error)) throw error;
      return failure(`${error.message} [${error.code}]`, `${error.messageZh} [${error.code}]`);
    }
  };
}

async function plansIn(path: string) {
  const folder = agentFolder(path);
  return loadPlans(folder, await readConfig(folder));
}

function hubOf({ options }: CommandContext): Promise<HubFile | undefined> {
  return readHubFile(agentFolder(options.folder));
}

/** Undefined if a TCP connection can be made, else why not. */
function connect(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const end = (problem: string | undefined) => {
      socket.destroy();
      resolve(problem);
    };
    socket.once("connect", () => end(undefined));
    socket.once("timeout", () => end("no answer"));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}

function ok(en: string, zh: string): Finding {
  return { severity: "ok", text: { en, zh } };
}

function warning(en: string, zh: string, fix: Bilingual): Finding {
  return { severity: "warning", text: { en, zh }, fix };
}

function failure(en: string, zh: string, fix?: Bilingual): Finding {
  return { severity: "failure", text: { en, zh }, ...(fix && { fix }) };
}

function skipped(): Finding {
  return {
    severity: "skipped",
    text: { en: "not checked: no hub was joined", zh: "未检查：尚未加入枢纽" },
  };
}
