/** Policies and voucher programmes of the demand's region, the province and the nation. @module */

import type { Hit } from "@tributary/sdk";
import { kindChip } from "../chips.ts";
import { el } from "../dom.ts";
import type { View } from "../view.ts";
import type { MatchContext } from "./match-context.ts";

const KINDS = ["policy", "voucher_programme"];
/** Most that are looked through. */
const ASKED = 50;

/** Those that hold in a region: its own and those of what it is part of, not those of its neighbours. */
export async function supportFor(
  region: string,
  { client, labels }: Pick<View, "client" | "labels">,
  signal: AbortSignal,
): Promise<readonly Hit[]> {
  if (region === "") return [];
  const regions = regionsAround(region, labels.vocabulary);
  const filters = { kind: KINDS, region: regions };
  const { hits } = await client.search("", { filters, pageSize: ASKED, signal });
  return hits.filter(({ record }) => {
    const values = record.facets.find(({ field }) => field === "region")?.values ?? [];
    return values.every((value) => regions.includes(value));
  });
}

function regionsAround(region: string, { ancestorsOf, NATION }: View["labels"]["vocabulary"]) {
  return [...new Set([region, ...ancestorsOf("region", region), NATION])];
}

export function supportSection(hits: readonly Hit[], context: MatchContext): HTMLElement {
  const { view, demand, recordHref } = context;
  const { t } = view;
  const { region } = demand;
  return el(
    "section",
    { class: "support" },
    el("h2", {}, t("support")),
    region === "" && el("p", { class: "hint" }, t("supportNoRegion")),
    region !== "" && hits.length === 0 && el("p", { class: "hint" }, t("supportNone")),
    hits.length > 0 && el("p", { class: "hint" }, t("supportHint")),
    hits.length > 0 &&
      el(
        "ul",
        { role: "list" },
        ...hits.map(({ record }) =>
          el(
            "li",
            {},
            kindChip(record.ref.kind, view),
            el("a", { href: recordHref(record.urn) }, record.title || record.ref.key),
          ),
        ),
      ),
  );
}
