/**
 * `tributary-agent doctor`: thirteen checks, each with what to do; exit status 0 all good, 1 warnings, 2 failures.
 *
 * @module
 */

import type { CommandContext } from "./context.ts";
import { CHECKS, type Finding, type Severity } from "./doctor-checks.ts";
import { CommandExit, type ExitStatus } from "./io.ts";

const MARKS: Readonly<Record<Severity, string>> = {
  ok: "✔",
  warning: "!",
  failure: "✖",
  skipped: "-",
};
const STATUS: Readonly<Record<Severity, 0 | 1 | 2>> = { ok: 0, skipped: 0, warning: 1, failure: 2 };

export async function doctorCommand(context: CommandContext): Promise<void> {
  const results: { readonly id: string; readonly finding: Finding }[] = [];
  for (const [id, check] of Object.entries(CHECKS)) {
    const finding = await check(context).catch(
      (error: unknown): Finding => ({
        severity: "failure",
        text: { en: String(error), zh: String(error) },
      }),
    );
    results.push({ id, finding });
    // Each line as it is known: the network checks take seconds.
    if (!context.options.json) context.io.out(lineOf(context, id, finding));
  }
  const worst = Math.max(...results.map(({ finding }) => STATUS[finding.severity]));
  if (context.options.json) {
    const checks = results.map(({ id, finding: { severity, text, fix } }) => ({
      id,
      severity,
      ...text,
      fix,
    }));
    context.result({ status: worst, checks }, () => "");
  }
  if (worst > 0) throw new CommandExit(worst as ExitStatus);
}

function lineOf({ t }: CommandContext, id: string, { severity, text, fix }: Finding): string {
  const line = `${MARKS[severity]} ${id.padEnd(12)} ${t(text)}`;
  return fix === undefined ? line : `${line}\n  ${" ".repeat(12)} → ${t(fix)}`;
}
