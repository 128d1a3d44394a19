/**
 * `tributary-hub nats setup`: writes the configuration of a NATS server or cluster, and makes the streams on it.
 *
 * Run it again when members came or changed their key: it remembers its options, writes the users anew and makes what
 * is missing. It never removes anything from the server.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { type MemberView, natsUserOf, TributaryError } from "@tributary/proto";
import { AdminService } from "@tributary/proto/wire";
import {
  ensureNatsSecrets,
  type NatsSettings,
  readNatsSettings,
  writeNatsFiles,
  writeNatsSettings,
} from "../adapters/nats-folder.ts";
import { ACCOUNTS_FILE, type NatsNode, natsServerFiles } from "../adapters/nats-server-config.ts";
import { ensureNatsStreams, type StreamOutcome } from "../adapters/nats-streams.ts";
import { natsUrls } from "../config.ts";
import { type CommandContext, callHub, folderOf } from "./context.ts";
import { table } from "./table.ts";

interface NatsSetupOptions {
  readonly url?: string;
  readonly node?: readonly string[];
  readonly store?: string;
  readonly storeGib?: string;
  readonly streamMib?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly synced?: boolean;
}

const GIB = 2 ** 30;
const MIB = 2 ** 20;

export async function natsSetupCommand(
  context: CommandContext,
  options: NatsSetupOptions,
): Promise<void> {
  const { natsFolder: folder } = await folderOf(context);
  const servers = options.url === undefined ? undefined : parseUrls(options.url);
  const settings = withOptions(await readNatsSettings(folder), options);
  const nodes = parseNodes(settings.nodes);
  const members = await membersOf(context);
  const { hubKey, setupKey, routePassword } = await ensureNatsSecrets(folder);
  const files = natsServerFiles({
    nodes,
    storeFolder: settings.storeFolder ?? join(folder, "streams"),
    storeBytes: settings.storeGib * GIB,
    tls: tlsOf(settings),
    isSynced: settings.synced,
    routePassword,
    hubUser: natsUserOf(hubKey.publicKey),
    setupUser: natsUserOf(setupKey.publicKey),
    centers: members.map(({ centerId, publicKey }) => ({ centerId, user: natsUserOf(publicKey) })),
  });
  const paths = await writeNatsFiles(folder, files);
  await writeNatsSettings(folder, settings);
  const streams =
    servers === undefined
      ? []
      : await ensureNatsStreams({
          servers,
          key: setupKey,
          centers: members.map(({ centerId }) => centerId),
          streamBytes: settings.streamMib * MIB,
          replicas: nodes.length,
        });
  const head = { en: ["stream", "outcome"], zh: ["流", "结果"] }[context.options.language];
  context.result({ files: paths, centers: members.length, streams }, () =>
    [...paths, ...(streams.length === 0 ? [] : [table(head, streams.map(rowOf))])].join("\n"),
  );
  sayNext(context, nodes, folder, servers);
}

/** Centers that have a user: those that publish, and those whose agents have to hear why they may not. */
async function membersOf(context: CommandContext): Promise<readonly MemberView[]> {
  const { members } = await callHub<{ readonly members: readonly MemberView[] }>(
    context,
    AdminService.method.listMembers,
    {},
  );
  return members.filter(({ state }) => state === "approved" || state === "suspended");
}

function sayNext(
  context: CommandContext,
  nodes: readonly NatsNode[],
  folder: string,
  servers: readonly string[] | undefined,
): void {
  const [node] = nodes;
  const file = join(folder, `${node?.name}.conf`);
  if (servers === undefined) {
    context.say({
      en: `Next: start each server with its file, together with ${ACCOUNTS_FILE} beside it (nats-server -c ${file}), or if it runs already: nats-server --signal reload. Then: tributary-hub nats setup --url nats://${node?.host}:${node?.port}`,
      zh: `下一步：用各自的配置文件启动服务器，${ACCOUNTS_FILE} 放在同一目录（nats-server -c ${file}）；若已在运行：nats-server --signal reload。然后：tributary-hub nats setup --url nats://${node?.host}:${node?.port}`,
    });
    return;
  }
  context.say({
    en: `Next: tributary-hub up --nats ${servers.join(",")}; new members need this command once more, and a reload of the server.`,
    zh: `下一步：tributary-hub up --nats ${servers.join(",")}；新增成员后需再次运行本命令并重新加载服务器配置。`,
  });
}

function rowOf({ stream, outcome }: StreamOutcome): string[] {
  return [stream, outcome];
}

function withOptions(before: NatsSettings, options: NatsSetupOptions): NatsSettings {
  const { node, store, storeGib, streamMib, tlsCert, tlsKey, synced } = options;
  return {
    ...before,
    ...(node !== undefined && { nodes: [...node] }),
    ...(store !== undefined && { storeFolder: resolve(store) }),
    ...(storeGib !== undefined && { storeGib: countOf("--store-gib", storeGib) }),
    ...(streamMib !== undefined && { streamMib: countOf("--stream-mib", streamMib) }),
    ...(tlsCert !== undefined && { tlsCertificate: tlsCert }),
    ...(tlsKey !== undefined && { tlsKey }),
    ...(synced !== undefined && { synced }),
  };
}

function tlsOf({ tlsCertificate, tlsKey }: NatsSettings) {
  if (tlsCertificate === undefined && tlsKey === undefined) return undefined;
  if (tlsCertificate !== undefined && tlsKey !== undefined) {
    return { certificate: tlsCertificate, key: tlsKey };
  }
  throw invalid("--tls-cert and --tls-key go together", "--tls-cert 与 --tls-key 须同时给出");
}

const NODE = /^([a-z0-9](?:-?[a-z0-9]){0,30})=([\w.-]+|\[[0-9a-f:]+\]):(\d{1,5})(?::(\d{1,5}))?$/i;

/** @throws {TributaryError} `ERR_ARGUMENT_INVALID`. */
export function parseNodes(texts: readonly string[]): NatsNode[] {
  const nodes = texts.map((text) => {
    const [, name, host, port, clusterPort] = NODE.exec(text) ?? [];
    if (name === undefined || host === undefined || Number(port) > 65_535) {
      throw invalid(
        `--node is name=host:port, in a cluster name=host:port:clusterPort, not ${text}`,
        `--node 的格式为 名称=主机:端口，集群为 名称=主机:端口:集群端口，收到 ${text}`,
      );
    }
    return {
      name,
      host: host.replace(/^\[|\]$/g, ""),
      port: Number(port),
      clusterPort: Number(clusterPort ?? 0),
    };
  });
  if (![1, 3, 5].includes(nodes.length)) {
    throw invalid(
      `a server stands alone or in a cluster of 3 or 5, not of ${nodes.length}: an even number survives no more losses`,
      `服务器应为 1 台，或 3、5 台的集群，收到 ${nodes.length} 台`,
    );
  }
  const isUnfit = ({ clusterPort }: NatsNode) => clusterPort < 1 || clusterPort > 65_535;
  if (nodes.length > 1 && nodes.some(isUnfit)) {
    throw invalid(
      "each server of a cluster needs a cluster port: name=host:port:clusterPort",
      "集群中的每台服务器都需要集群端口：名称=主机:端口:集群端口",
    );
  }
  const names = new Set([...nodes.map(({ name }) => name), "accounts"]);
  if (names.size !== nodes.length + 1) {
    throw invalid(
      "each server has a name of its own, and none is called accounts",
      "服务器名称不能重复，也不能为 accounts",
    );
  }
  return nodes;
}

function parseUrls(text: string): readonly string[] {
  const result = natsUrls.safeParse(text);
  if (result.success) return result.data;
  throw invalid(
    `--url is nats://host:port or tls://host:port, several with commas between, not ${text}`,
    `--url 的格式为 nats://主机:端口 或 tls://主机:端口，多个以逗号分隔，收到 ${text}`,
  );
}

function countOf(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= 1_048_576) return value;
  throw invalid(
    `${option} is a whole number from 1, not ${text}`,
    `${option} 为不小于 1 的整数，收到 ${text}`,
  );
}

function invalid(message: string, messageZh: string): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", message, { messageZh });
}
