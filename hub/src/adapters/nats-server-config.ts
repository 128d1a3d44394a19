/**
 * The configuration of the NATS server, as text: who may connect, what each may do, and how much of everything.
 *
 * All users stand inside of an account. A server before 2.9.23 lets anonymous clients in where an `authorization` block
 * stands beside them (CVE-2023-47090), so there is none.
 *
 * @module
 */

import { isIP } from "node:net";
import {
  MAX_NATS_MESSAGE_BYTES,
  NATS_ALL_ASKS,
  NATS_CONSUMER,
  natsNamesOf,
} from "@tributary/proto";
import { HUB_INBOX } from "./nats-connection.ts";

/** Where replies to the set-up command come. */
export const SETUP_INBOX = "_SETUP_INBOX";

/** One server. */
export interface NatsNode {
  readonly name: string;
  readonly host: string;
  /** Where agents and the hub connect. */
  readonly port: number;
  /** Where the other servers of the cluster connect; unused with a single server. */
  readonly clusterPort: number;
}

/** What the configuration is made of. */
export interface NatsServerPlan {
  /** One, or the servers of a cluster. */
  readonly nodes: readonly NatsNode[];
  /** Folder of the streams on each server's machine. */
  readonly storeFolder: string;
  /** Bytes of the disk that all streams of one server may take. */
  readonly storeBytes: number;
  /** PEM files on each server's machine; undefined for none. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  /** Sync each message to the disk; needs nats-server 2.10 or newer. */
  readonly isSynced: boolean;
  readonly routePassword: string;
  /** nkeys. */
  readonly hubUser: string;
  readonly setupUser: string;
  readonly centers: readonly { readonly centerId: string; readonly user: string }[];
}

/** The file of users, which changes with the members and is the same on all servers. */
export const ACCOUNTS_FILE = "accounts.conf";

/** The files, by name: one a server, and {@link ACCOUNTS_FILE} which they include. */
export function natsServerFiles(plan: NatsServerPlan): ReadonlyMap<string, string> {
  return new Map([
    ...plan.nodes.map((node) => [`${node.name}.conf`, nodeText(node, plan)] as const),
    [ACCOUNTS_FILE, accountsText(plan)],
  ]);
}

const HEAD = `# Written by tributary-hub nats setup, which replaces it: changes by hand are lost.\n`;

function nodeText(node: NatsNode, plan: NatsServerPlan): string {
  const { nodes, storeFolder, storeBytes, tls, isSynced, routePassword } = plan;
  const routes = nodes
    .filter(({ name }) => name !== node.name)
    .map(
      ({ host, clusterPort }) =>
        `    ${quote(`nats-route://route:${routePassword}@${address(host, clusterPort)}`)}`,
    );
  return `${HEAD}server_name: ${quote(node.name)}
listen: ${quote(address(node.host, node.port))}

# The largest frame and its headers; a server's own default is 1 MiB.
max_payload: ${MAX_NATS_MESSAGE_BYTES + 8 * 1024}
max_connections: 4096
max_subscriptions: 1024
max_control_line: 2048
max_pending: ${16 * 2 ** 20}
write_deadline: "10s"
ping_interval: "30s"
ping_max: 2

jetstream {
  store_dir: ${quote(storeFolder)}
  max_memory_store: ${2 ** 20}
  max_file_store: ${storeBytes}
${isSynced ? "  # A message is on the disk before it is acknowledged.\n  sync_interval: always\n" : ""}}
${tlsText(tls)}${
  nodes.length === 1
    ? ""
    : `
cluster {
  name: "tributary"
  listen: ${quote(address(node.host, node.clusterPort))}
  authorization { user: "route", password: ${quote(routePassword)}, timeout: 2 }
  routes: [
${routes.join("\n")}
  ]
}
`
}
include ${quote(`./${ACCOUNTS_FILE}`)}
`;
}

function tlsText(tls: NatsServerPlan["tls"]): string {
  if (tls === undefined) return "";
  return `
tls {
  cert_file: ${quote(tls.certificate)}
  key_file: ${quote(tls.key)}
  timeout: 5
}
`;
}

function accountsText({ hubUser, setupUser, centers }: NatsServerPlan): string {
  const users = [
    user("the hub: reads batches, answers", hubUser, {
      publish: ["out.*.receipt", `$JS.API.CONSUMER.MSG.NEXT.*.${NATS_CONSUMER}`, "$JS.ACK.>"],
      subscribe: [NATS_ALL_ASKS, `${HUB_INBOX}.>`],
      // To the reply subject of a question, once.
      more: 'allow_responses: { max: 1, expires: "30s" }',
    }),
    user("tributary-hub nats setup: makes streams, cannot remove any", setupUser, {
      publish: [
        "$JS.API.INFO",
        "$JS.API.STREAM.CREATE.*",
        "$JS.API.STREAM.UPDATE.*",
        "$JS.API.STREAM.INFO.*",
        "$JS.API.CONSUMER.CREATE.>",
        "$JS.API.CONSUMER.DURABLE.CREATE.*.*",
        "$JS.API.CONSUMER.INFO.*.*",
      ],
      subscribe: [`${SETUP_INBOX}.>`],
    }),
    ...centers.map(({ centerId, user: nkey }) => {
      const { batch, ask, receipt, inboxPrefix } = natsNamesOf(centerId);
      return user(`center ${centerId}`, nkey, {
        publish: [batch, ask],
        subscribe: [receipt, `${inboxPrefix}.>`],
      });
    }),
  ];
  return `${HEAD}# Every user stands inside of an account; without a key of one of them nobody connects.
accounts {
  SYS { users: [] }
  TRIBUTARY {
    jetstream: enabled
    users: [
${users.join("\n")}
    ]
  }
}
system_account: SYS
`;
}

function user(
  comment: string,
  nkey: string,
  may: {
    readonly publish: readonly string[];
    readonly subscribe: readonly string[];
    readonly more?: string;
  },
): string {
  const list = (subjects: readonly string[]) => `[${subjects.map(quote).join(", ")}]`;
  return `      # ${comment}
      { nkey: ${quote(nkey)}, permissions: {
        publish: { allow: ${list(may.publish)} }
        subscribe: { allow: ${list(may.subscribe)} }
${may.more === undefined ? "" : `        ${may.more}\n`}      } }`;
}

/** A string of the server's configuration language: double quotes, with backslashes as in JSON. */
function quote(text: string): string {
  return JSON.stringify(text);
}

function address(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}
