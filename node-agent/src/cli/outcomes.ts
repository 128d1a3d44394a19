/**
 * `tributary-agent privacy plan | ledger | retract | backup | restore`: outcomes, on the center's own screen.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import type { Label } from "@tributary/proto";
import { hierarchyLabelOf } from "@tributary/proto";
import { labelOf } from "@tributary/proto/vocabulary";
import { readEnvironment } from "../config.ts";
import type { WaitReason } from "../privacy/release/plan.ts";
import { openAgent } from "../start.ts";
import { restoreOutcomes } from "../start-outcomes.ts";
import { hasEngagements, loadPlans } from "../start-plans.ts";
import { type CommandContext, pathOf, timeText } from "./context.ts";
import type { Bilingual } from "./io.ts";
import { operate } from "./operations.ts";
import type { OutcomeLedgerAnswer, OutcomePlanAnswer } from "./outcome-operations.ts";
import { table } from "./table.ts";

const REASONS: Readonly<Record<WaitReason, Bilingual>> = {
  few: { en: "too few enterprises", zh: "企业数不足" },
  alike: {
    en: "outcomes too alike, or a repeat customer's provider would show",
    zh: "成效过于相似，或会暴露回头客的服务商",
  },
  later: { en: "finished or read too late for this release", zh: "完成或登记晚于本期" },
  unlabelled: { en: "sector or scenario in no list", zh: "行业或场景不在词表" },
};

export async function privacyPlanCommand(context: CommandContext): Promise<void> {
  const answer = await operate<OutcomePlanAnswer>(context, "outcomePlan");
  const { t } = context;
  context.result(answer, () => {
    const { epoch, tickAtMs, buckets, waiting, k, audience, noisedWith } = answer;
    const who =
      audience === "public"
        ? t({ en: "everybody", zh: "公众" })
        : t({ en: "members of the hub", zh: "枢纽成员" });
    const head = t({
      en: `${epoch} leaves on ${timeText(tickAtMs)} for ${who}: ${buckets.length} buckets of at least ${k} enterprises`,
      zh: `${epoch} 将于 ${timeText(tickAtMs)} 发布，对象：${who}；${buckets.length} 个分组，每组至少 ${k} 家企业`,
    });
    const leaving = table(
      [t({ en: "label", zh: "分组" }), "KPI", t({ en: "enterprises", zh: "企业" })],
      buckets.map(({ label, kpi, records }) => [
        labelText(context, label),
        labelOf("kpi", kpi, context.options.language),
        String(records),
      ]),
    );
    const staying = table(
      [
        t({ en: "waits", zh: "等待" }),
        t({ en: "enterprises", zh: "企业" }),
        t({ en: "why", zh: "原因" }),
        t({ en: "coarser label from", zh: "可放宽于" }),
      ],
      waiting.map(({ label, enterprises, reason, coarserFrom }) => [
        label === undefined ? "" : labelText(context, label),
        String(enterprises),
        t(REASONS[reason]),
        coarserFrom ?? "",
      ]),
    );
    const noised =
      noisedWith === undefined
        ? ""
        : t({
            en: `${noisedWith} will carry noised totals of its year by family of scenarios`,
            zh: `${noisedWith} 期将附带该年度按场景大类的加噪合计`,
          });
    return [head, noised, buckets.length > 0 ? leaving : "", waiting.length > 0 ? staying : ""]
      .filter(Boolean)
      .join("\n");
  });
}

export async function privacyLedgerCommand(context: CommandContext): Promise<void> {
  const answer = await operate<OutcomeLedgerAnswer>(context, "outcomeLedger");
  const { t } = context;
  context.result(answer, () => {
    const lines = table(
      [
        t({ en: "release", zh: "发布" }),
        t({ en: "epoch", zh: "期次" }),
        t({ en: "buckets", zh: "分组" }),
        t({ en: "records", zh: "记录" }),
        t({ en: "taken back", zh: "撤回" }),
        t({ en: "noised cells", zh: "加噪单元" }),
        "SHA-256",
      ],
      answer.releases.map(({ seq, epoch, buckets, records, retracted, noised, hash }) => [
        String(seq),
        epoch,
        String(buckets),
        String(records),
        String(retracted),
        String(noised),
        hash.slice(0, 16),
      ]),
    );
    const sum = t({
      en: `${answer.used} records were used and are never used again; ${answer.waiting} wait; the ledger holds together`,
      zh: `${answer.used} 条记录已使用且不再使用；${answer.waiting} 条等待；账本一致`,
    });
    return `${lines}\n${sum}`;
  });
}

export async function privacyRetractCommand(
  context: CommandContext,
  bucket: string,
  { reason }: { readonly reason: string },
): Promise<void> {
  const answer = await operate<{ readonly epoch: string }>(context, "outcomeRetract", {
    bucket,
    reason,
  });
  context.result(answer, () =>
    context.t({
      en: `the release of ${answer.epoch} takes the bucket back; its records are never used again`,
      zh: `${answer.epoch} 期发布将撤回该分组；其记录不再使用`,
    }),
  );
}

export async function privacyBackupCommand(context: CommandContext, file: string): Promise<void> {
  const path = pathOf(context, file);
  const answer = await operate<{ readonly bytes: number }>(context, "outcomeBackup", { path });
  context.result(answer, () =>
    context.t({
      en: `${answer.bytes} bytes in ${path}: it holds the secrets of pseudonyms, keep it as safely as the keys`,
      zh: `已写入 ${path}（${answer.bytes} 字节）：其中含假名密钥，请与密钥同等保管`,
    }),
  );
}

/** Only with the agent stopped: a ledger that is in use is not replaced. */
export async function privacyRestoreCommand(context: CommandContext, file: string): Promise<void> {
  const path = pathOf(context, file);
  const text = await readFile(path, "utf8");
  await using agent = await openAgent(context.options.folder, readEnvironment(context.io.env));
  const { nextSeq, pending } = await restoreOutcomes(agent.folder, text);
  // What the sources hold is compared with the ledger anew.
  for (const plan of await loadPlans(agent.folder, agent.config)) {
    if (hasEngagements(plan)) {
      await agent.memo.updateSource(plan.sourceId, { fingerprint: undefined });
    }
  }
  const answer = { releases: nextSeq, pending };
  context.result(answer, () =>
    context.t({
      en: `restored: ${nextSeq} releases, ${pending} records that wait. Next: tributary-agent run`,
      zh: `已恢复：${nextSeq} 期发布、${pending} 条等待记录。下一步：tributary-agent run`,
    }),
  );
}

function labelText(
  { options, t }: CommandContext,
  [scenario, provider, sector, size]: Label,
): string {
  const { language } = options;
  const any = t({ en: "any", zh: "不限" });
  const name = (code: string, known: string) => (code === "*" ? any : known);
  const stage = /^S\d\d$/.test(scenario) ? "scenario" : "scenarioStage";
  return [
    name(scenario, labelOf(stage, scenario, language)),
    name(provider, provider),
    name(sector, hierarchyLabelOf(sector, language) ?? labelOf("industry", sector, language)),
    name(size, hierarchyLabelOf(size, language) ?? size),
  ].join(" · ");
}
