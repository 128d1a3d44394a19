/**
 * `tributary-hub quarantine`: what the hub does not show and why, and what a curator should look at.
 *
 * @module
 */

import type { FieldFilter, ListAnswer, RecordView } from "@tributary/proto";
import { QueryService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";

const PAGE = 500;
/** Of releases: one that is not quarantined may have findings all the same. */
const FLAGGED: readonly FieldFilter[] = [
  { field: "kind", values: ["outcome"] },
  { field: "state", values: ["live", "stale", "pending", "hidden"] },
];
const QUARANTINED: readonly FieldFilter[] = [{ field: "state", values: ["quarantined"] }];

export async function quarantineCommand(
  context: CommandContext,
  options: { readonly center?: string | undefined },
): Promise<void> {
  const center =
    options.center === undefined ? [] : [{ field: "center", values: [options.center] }];
  const quarantined = await listAll(context, [...QUARANTINED, ...center]);
  const flagged = (await listAll(context, [...FLAGGED, ...center])).filter(
    ({ findings }) => findings.length > 0,
  );
  const records = [...quarantined, ...flagged];
  context.result({ records }, () =>
    records.length === 0
      ? context.t({ en: "Nothing is quarantined.", zh: "没有被隔离的记录。" })
      : records.map((record) => linesOf(context, record).join("\n")).join("\n"),
  );
}

function linesOf({ options }: CommandContext, record: RecordView): string[] {
  const { urn, state, stateReason, findings } = record;
  return [
    [urn, state, stateReason].filter((part) => part !== "").join("  "),
    ...findings.map(
      ({ rule, code, message, messageZh }) =>
        `  ${rule} ${code}  ${options.language === "zh" ? messageZh : message}`,
    ),
  ];
}

async function listAll(
  context: CommandContext,
  filters: readonly FieldFilter[],
): Promise<RecordView[]> {
  const records: RecordView[] = [];
  let pageToken = "";
  do {
    const request = { filters, pageSize: PAGE, pageToken };
    const answer = await callHub<ListAnswer>(context, QueryService.method.list, request);
    records.push(...answer.records);
    pageToken = answer.nextPageToken;
  } while (pageToken !== "");
  return records;
}
