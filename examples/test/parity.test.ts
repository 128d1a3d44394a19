/**
 * What an operator can do is the same in the API, on the command line and in the SDK.
 */

import { readFileSync } from "node:fs";
import { createClient } from "@tributary/sdk";
import * as collections from "@tributary/sdk/collections";
import { assessorOf, operatorOf } from "@tributary/sdk/operator";
import { describe, expect, test } from "vitest";
import { RPC_NAMES } from "../../hub/src/api/authorize.ts";
import { runCli } from "../../hub/src/cli/cli.ts";

/** Services of which everything is for operators, or is what operators make for everybody. */
const SERVICES =
  /^(AccessService|AdminService|AssessmentService|CollectionService|CurationService|InsightService|VocabularyService|VoucherService)\./;

/** Where an operation is done. */
interface Operation {
  readonly commands: readonly string[];
  readonly sdk: string | undefined;
  /** A source file of the console, and the method that it calls. */
  readonly page: readonly [file: string, method: string] | undefined;
}

/**
 * One row an RPC, with its commands, its method of the SDK and its page of the console; undefined says that there is none, and
 * why stands beside it. A new RPC needs a row.
 */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  // A key must not make keys, so programs have no call for it.
  "AccessService.CreateApiKey": {
    commands: ["keys create"],
    sdk: undefined,
    page: ["keys-page.tsx", "createKey"],
  },
  "AccessService.ListApiKeys": {
    commands: ["keys list"],
    sdk: undefined,
    page: ["keys-page.tsx", "keys"],
  },
  "AccessService.RevokeApiKey": {
    commands: ["keys revoke"],
    sdk: undefined,
    page: ["keys-page.tsx", "revokeKey"],
  },
  // The whole log in one file: a command's work.
  "AdminService.Backup": { commands: ["backup"], sdk: undefined, page: undefined },
  "AdminService.CreateInvitation": {
    commands: ["invite"],
    sdk: "operator.invite",
    page: ["members-page.tsx", "invite"],
  },
  // Cannot be undone: no button, a command.
  "AdminService.EraseRecords": { commands: ["erase"], sdk: "operator.erase", page: undefined },
  "AdminService.GetHubStatus": {
    commands: ["status"],
    sdk: "operator.status",
    page: ["caught-up.ts", "status"],
  },
  "AdminService.ListMembers": {
    commands: ["members list"],
    sdk: "operator.members",
    page: ["members-page.tsx", "members"],
  },
  "AdminService.SetMemberState": {
    commands: ["approve", "reject", "suspend", "revoke"].map((verb) => `members ${verb}`),
    sdk: "operator.setMemberState",
    page: ["members-page.tsx", "setMemberState"],
  },
  // Named once, with a key that the center sends another way: no page.
  "AdminService.SetWitness": {
    commands: ["witness add", "witness remove"],
    sdk: "operator.setWitness",
    page: undefined,
  },
  "AssessmentService.ListAssessments": {
    commands: ["assessment list", "assessment show"],
    sdk: "assessor.assessments",
    page: ["assess/assessment-page.tsx", "assessments"],
  },
  // The pages show what is published of a center beside its assessment.
  "AssessmentService.ListGrades": {
    commands: ["assessment grades"],
    sdk: "assessor.grades",
    page: undefined,
  },
  "AssessmentService.ListBenchmarks": {
    commands: ["assessment benchmarks"],
    sdk: "assessor.benchmarks",
    page: ["assess/benchmarks-page.tsx", "benchmarks"],
  },
  "AssessmentService.ReviewBenchmark": {
    commands: ["assessment review"],
    sdk: "assessor.reviewBenchmark",
    page: ["assess/benchmark-forms.tsx", "reviewBenchmark"],
  },
  "AssessmentService.SelectBenchmark": {
    commands: ["assessment select"],
    sdk: "assessor.selectBenchmark",
    page: ["assess/benchmark-forms.tsx", "selectBenchmark"],
  },
  "AssessmentService.PublishGrade": {
    commands: ["assessment publish"],
    sdk: "assessor.publishGrade",
    page: ["assess/publish-grade.tsx", "publishGrade"],
  },
  "AssessmentService.TakeBack": {
    commands: ["assessment take-back"],
    sdk: "assessor.takeBack",
    page: ["assess/take-back.tsx", "takeBack"],
  },
  // Pages for everybody show them, beside the operators' page.
  "CollectionService.ListCollections": {
    commands: ["curation collections"],
    sdk: "collections.listCollections",
    page: undefined,
  },
  // A center says it with its own key: its agent's command `resume --accept-mass-change --held`.
  "CurationService.Confirm": { commands: [], sdk: undefined, page: undefined },
  "CurationService.Decide": {
    commands: [
      "approve",
      "hide",
      "unhide",
      "acknowledge",
      "label",
      "unlabel",
      "merge",
      "split",
      "relate",
      "pause",
      "release",
      "decline",
      "feature",
      "unfeature",
      "term",
    ].map((verb) => `curation ${verb}`),
    sdk: "operator.decide",
    page: ["inbox/queue-item.ts", "decide"],
  },
  "CurationService.ListDecisions": {
    commands: ["curation decisions"],
    sdk: "operator.decisions",
    page: ["decision-list.tsx", "decisions"],
  },
  "CurationService.ListQueue": {
    commands: ["curation list", "curation show"],
    sdk: "operator.queue",
    page: ["inbox/queue.tsx", "queue"],
  },
  // A center says it with its own key: its agent's command `object`.
  "CurationService.Object": { commands: [], sdk: undefined, page: undefined },
  "CurationService.Preview": {
    commands: ["curation hide"],
    sdk: "operator.preview",
    page: ["inbox/bulk.tsx", "preview"],
  },
  "CurationService.Undo": {
    commands: ["curation undo"],
    sdk: "operator.undo",
    page: ["inbox/queue.tsx", "undo"],
  },
  "InsightService.ListActivity": {
    commands: ["insight activity"],
    sdk: "client.activity",
    page: ["health-page.tsx", "activity"],
  },
  "InsightService.ListMarket": {
    commands: ["insight market"],
    sdk: "client.market",
    page: ["insight/market-page.tsx", "market"],
  },
  "InsightService.ListOverlap": {
    commands: ["insight overlap"],
    sdk: "client.overlap",
    page: ["insight/overlap-page.tsx", "overlap"],
  },
  "VocabularyService.ListTerms": {
    commands: ["curation terms"],
    sdk: "operator.terms",
    page: ["curate/terms-page.tsx", "terms"],
  },
  "VocabularyService.PreviewTerm": {
    commands: ["curation term"],
    sdk: "operator.previewTerm",
    page: ["curate/term-form.tsx", "previewTerm"],
  },
  "VoucherService.ListVouchers": {
    commands: ["insight vouchers"],
    sdk: "assessor.vouchers",
    page: ["assess/vouchers-page.tsx", "vouchers"],
  },
};

/** What a command says of itself. */
async function help(...words: string[]): Promise<string> {
  const out: string[] = [];
  const io = {
    env: {},
    out: (text: string) => out.push(text),
    err: (text: string) => out.push(text),
    isTerminal: false,
    signal: new AbortController().signal,
  };
  const status = await runCli([...words, "--help"], io);
  if (status !== 0) throw new Error(`${words.join(" ")}: ${status} ${out.join("\n")}`);
  return out.join("\n");
}

/** Names of the commands under a command; none for one that does something itself. */
function commandsIn(text: string): string[] {
  const [, list = ""] = /^Commands:\n((?: +.*\n?)*)/m.exec(text) ?? [];
  const names = [...list.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name as string);
  return names.filter((name) => name !== "help");
}

async function leaves(words: readonly string[] = []): Promise<string[]> {
  const inner = commandsIn(await help(...words));
  if (inner.length === 0) return [words.join(" ")];
  return (await Promise.all(inner.map((name) => leaves([...words, name])))).flat();
}

describe("what an operator can do", () => {
  test("has a row for each RPC, and each row is an RPC", () => {
    expect(Object.keys(OPERATIONS).sort()).toEqual(
      RPC_NAMES.filter((name) => SERVICES.test(name)).sort(),
    );
  });

  test("is a command, whatever it is", async () => {
    const commands = await leaves();
    const wanted = Object.values(OPERATIONS).flatMap((row) => row.commands);
    expect(wanted.filter((command) => !commands.includes(command))).toEqual([]);
    expect(commands.length).toBeGreaterThan(wanted.length);
    // All of curation is an operation: no command decides what the API cannot.
    expect(
      commands.filter((name) => name.startsWith("curation ") && !wanted.includes(name)),
    ).toEqual([]);
  });

  test("can be asked for as JSON", async () => {
    for (const command of await leaves()) {
      expect([command, await help(...command.split(" "))]).toEqual([
        command,
        expect.stringContaining("--json"),
      ]);
    }
  });

  test("is done on a page of the console where the row names one", () => {
    const folder = new URL("../../hub/console/src/operate/", import.meta.url);
    const missing = Object.values(OPERATIONS).flatMap(({ page }) => {
      if (page === undefined) return [];
      const [file, method] = page;
      const calls = readFileSync(new URL(file, folder), "utf8").includes(`client.${method}(`);
      return calls ? [] : [`${file} does not call ${method}`];
    });
    expect(missing).toEqual([]);
  });

  test("is a method of the SDK where the row names one", () => {
    using client = createClient({ url: "http://127.0.0.1:1" });
    const methods = new Set([
      ...Object.keys(client).map((name) => `client.${name}`),
      ...Object.keys(collections).map((name) => `collections.${name}`),
      ...Object.keys(operatorOf(client)).map((name) => `operator.${name}`),
      ...Object.keys(assessorOf(client)).map((name) => `assessor.${name}`),
    ]);
    const named = Object.values(OPERATIONS).flatMap(({ sdk }) => sdk ?? []);
    expect(named.filter((name) => !methods.has(name))).toEqual([]);
    const isOfOperators = (name: string) => /^(operator|assessor|collections)\./.test(name);
    expect([...methods].filter(isOfOperators).sort()).toEqual(named.filter(isOfOperators).sort());
  });
});
