/**
 * The configuration of an agent: `tributary-agent.yaml`.
 *
 * @module
 */

import {
  type ErrorDetails,
  isTributaryError,
  parseWitnessPolicy,
  TributaryError,
} from "@tributary/proto";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { nearest } from "./mapping/nearest.ts";
import { isSchedule } from "./sync/schedule.ts";

const schedule = z
  .string()
  .refine(isSchedule, 'must be a cron pattern such as "*/15 * * * *"')
  .describe(
    'When the source is read, as a cron pattern in local time: "*/15 * * * *" is every 15 minutes.',
  );

const watch = z
  .boolean()
  .describe("Whether the source is read as soon as its file changes. Default true.");

const outcomes = z
  .strictObject({
    audience: z
      .enum(["members", "public"])
      .default("members")
      .describe(
        "Who may see outcomes: members of the hub (at least 5 enterprises a bucket) or everybody (at least 10).",
      ),
    since: z
      .string()
      .regex(/^\d{4}Q[1-4]$/, "must be a quarter like 2024Q1")
      .optional()
      .describe(
        "First quarter to be released, like 2024Q1; fixed with the first release. Default: the one in which the agent first reads outcomes.",
      ),
    license: z
      .string()
      .min(1)
      .max(200)
      .default("CC-BY-4.0")
      .describe("Licence of the releases. Default CC-BY-4.0."),
    consentBasis: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "must be a short name like contract-v2")
      .default("contract")
      .describe("On what the enterprises' agreement rests: a short name, for example contract-v2."),
    noise: z
      .boolean()
      .default(false)
      .describe(
        "Whether the release that ends a year carries noised totals by family of scenarios (differential privacy). Default false.",
      ),
  })
  .describe("How anonymized outcomes are released.");

const NATS_URL = /^(?:nats|tls):\/\/(?:[\w.-]+|\[[0-9a-f:]+\]):\d{1,5}$/i;

/** Settings of an agent; what is left out has the default that its description names. */
export const agentConfigSchema = z.strictObject({
  version: z.literal(1).describe("Version of this file's format."),
  transport: z
    .enum(["grpc", "nats", "auto"])
    .default("grpc")
    .describe(
      "How batches travel: grpc, nats, or auto, which goes over gRPC and over NATS when that fails, and back. Default grpc.",
    ),
  nats: z
    .array(z.string().regex(NATS_URL, "must be nats://host:port or tls://host:port"))
    .max(16)
    .default([])
    .describe("Addresses of the hub's NATS server or cluster; needed with nats and auto."),
  language: z.enum(["zh", "en"]).optional().describe("Language of messages. Default: from LANG."),
  watch: watch.default(true),
  schedule: schedule.optional(),
  outboxMaxMib: z
    .int()
    .min(1)
    .max(1_048_576)
    .default(2048)
    .describe("Most MiB on disk that wait for the hub's receipts. Default 2048."),
  keptMaxMib: z
    .int()
    .min(0)
    .max(1_048_576)
    .default(256)
    .describe(
      "Most MiB on disk of batches that are in the hub's log already, kept so that a hub with a damaged disk can ask for them again; the oldest go first. Default 256.",
    ),
  quorum: z
    .string()
    .max(64 * 1024)
    .optional()
    .describe(
      "Witnesses that have to cosign the hub's log before a receipt is final: the text of a C2SP tlog-policy. Default: none.",
    ),
  witness: z
    .boolean()
    .default(false)
    .describe(
      "Whether the agent cosigns checkpoints of the hub's log; its key is shown by tributary-agent keys show. Default false.",
    ),
  outcomes: outcomes.prefault({}),
  sources: z
    .record(z.string(), z.strictObject({ watch: watch.optional(), schedule: schedule.optional() }))
    .default({})
    .describe("Settings of single sources, by the name of their mapping file without .yaml."),
});

/** The configuration, defaults filled in. */
export type AgentConfig = z.infer<typeof agentConfigSchema>;

/** When a source is read. */
export interface SourceSettings {
  readonly watch: boolean;
  readonly schedule: string | undefined;
}

/** The settings of one source. */
export function settingsOf(config: AgentConfig, sourceId: string): SourceSettings {
  const own = config.sources[sourceId];
  return {
    watch: own?.watch ?? config.watch,
    schedule: own?.schedule ?? config.schedule,
  };
}

/**
 * Reads a configuration.
 *
 * @throws {TributaryError} `ERR_CONFIG_INVALID` with one line a problem: where it is, what was expected, and what was
 * perhaps meant.
 */
export function parseAgentConfig(text: string, fileName: string): AgentConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map(
    ({ message, pos }) => `${fileName}:${lines.linePos(pos[0]).line}: ${message}`,
  );
  if (broken.length > 0) throw invalid(broken);
  const result = agentConfigSchema.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {});
  if (result.success) {
    const { transport, nats, quorum } = result.data;
    if (quorum !== undefined) requirePolicy(quorum, fileName);
    if (transport === "grpc" || nats.length > 0) return result.data;
    throw invalid([
      `${fileName}: nats: transport ${transport} needs the address of the hub's NATS server, for example nats: [nats://hub.example.org:4222]`,
    ]);
  }
  const lineOf = (path: readonly PropertyKey[]) => {
    const node = document.getIn(path, true) as { range?: [number, number, number] } | undefined;
    const range = node?.range;
    return range === undefined ? fileName : `${fileName}:${lines.linePos(range[0]).line}`;
  };
  throw invalid(result.error.issues.flatMap((issue) => problemsOf(issue, lineOf)));
}

function requirePolicy(quorum: string, fileName: string): void {
  try {
    parseWitnessPolicy(quorum);
  } catch (error) {
    if (!isTributaryError(error, "ERR_WITNESS_POLICY")) throw error;
    throw invalid([`${fileName}: quorum: ${error.message}`]);
  }
}

function problemsOf(
  issue: z.core.$ZodIssue,
  lineOf: (path: readonly PropertyKey[]) => string,
): string[] {
  const place = issue.path.join(".");
  if (issue.code !== "unrecognized_keys") {
    return [`${lineOf(issue.path)}: ${place === "" ? "the file" : place}: ${issue.message}`];
  }
  const known = issue.path[0] === "sources" ? ["watch", "schedule"] : FIELDS;
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    return `${lineOf([...issue.path, key])}: unknown field ${[...issue.path, key].join(".")}${hint}`;
  });
}

const FIELDS = Object.keys(agentConfigSchema.shape);

function invalid(problems: readonly string[], details: ErrorDetails = {}): TributaryError {
  return new TributaryError("ERR_CONFIG_INVALID", problems.join("\n"), { details });
}

/** Variables of the environment that the program reads. */
export interface Environment {
  /** `step:count`: a facility of the test suite, see start.ts. */
  readonly killAt: string | undefined;
}

/**
 * Reads the environment. An unknown `TRIBUTARY_AGENT_` variable is an error, since it is nearly always a typo.
 *
 * @throws {TributaryError} `ERR_CONFIG_INVALID`
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const unknown = Object.keys(env).filter((name) => name.startsWith("TRIBUTARY_AGENT_"));
  if (unknown.length > 0) {
    throw invalid(unknown.map((name) => `unknown environment variable ${name}`));
  }
  return { killAt: env["TRIBUTARY_KILL_AT"] };
}
