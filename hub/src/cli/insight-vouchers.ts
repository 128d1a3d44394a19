/**
 * `tributary-hub insight vouchers`: vouchers issued and used, and what engagements with one gained.
 *
 * @module
 */

import type {
  GainEstimate,
  VoucherEffects,
  VoucherProgrammeView,
  VouchersAnswer,
} from "@tributary/proto";
import { labelOf } from "@tributary/proto/vocabulary";
import { VoucherService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";
import type { Language } from "./io.ts";
import { table } from "./table.ts";

export async function insightVouchersCommand(
  context: CommandContext,
  { province = "" }: { readonly province?: string | undefined },
): Promise<void> {
  const { language } = context.options;
  const { listVouchers } = VoucherService.method;
  const answer = await callHub<VouchersAnswer>(context, listVouchers, { province });
  const { programmes, effects, rule, minEnterprises, coverage } = answer;
  context.result(answer, () =>
    [
      programmes.length === 0
        ? context.t({ en: "No voucher programme is published.", zh: "尚未发布转型券计划。" })
        : table(PROGRAMME_HEAD[language], programmes.map(programmeRow)),
      ...(effects.length === 0
        ? []
        : [
            "",
            table(
              EFFECT_HEAD[language],
              effects.flatMap((of) => effectRows(of, language)),
            ),
          ]),
    ].join("\n"),
  );
  context.say({
    en: `Rule ${rule}. Gains in points with their 80 % interval, from whole buckets of ${minEnterprises} enterprises and more, with ${minEnterprises} engagements or more on either side. A bucket counts on both sides by its shares, so the true difference is larger. Log size ${coverage.logSize}.`,
    zh: `规则 ${rule}。改善幅度以百分点计，附 80 % 区间，取自不少于 ${minEnterprises} 家企业的完整分组，两侧各不少于 ${minEnterprises} 个项目。分组按用券比例同时计入两侧，实际差距更大。日志 ${coverage.logSize} 条。`,
  });
}

const PROGRAMME_HEAD: Readonly<Record<Language, readonly string[]>> = {
  en: ["center", "programme", "issued", "used", "share", "until"],
  zh: ["中心", "计划", "发放", "核销", "核销率", "截止"],
};

function programmeRow(programme: VoucherProgrammeView): string[] {
  const { centerName, title, issued, redeemed, validUntil } = programme;
  const share = issued === 0 ? "" : `${Math.round((100 * redeemed) / issued)} %`;
  return [centerName, title, String(issued), String(redeemed), share, validUntil];
}

const EFFECT_HEAD: Readonly<Record<Language, readonly string[]>> = {
  en: ["center", "vouchers", "of", "effect", "with", "without"],
  zh: ["中心", "用券项目", "全部项目", "指标", "用券", "未用券"],
};

function effectRows(of: VoucherEffects, language: Language): string[][] {
  const { centerName, vouchers, engagements, effects } = of;
  return effects.map(({ kpi, withVoucher, withoutVoucher }) => [
    centerName,
    String(vouchers),
    String(engagements),
    labelOf("kpi", kpi, language),
    gainText(withVoucher),
    gainText(withoutVoucher),
  ]);
}

function gainText({ mean, low, high }: GainEstimate): string {
  return `${mean.toFixed(1)} (${low.toFixed(1)}..${high.toFixed(1)})`;
}
