/** Policies and voucher programmes of the demand's region, the province and the nation. @module */

import type { Hit } from "@tributary/sdk";
import { KindChip } from "../chips.tsx";
import { useView, type View } from "../view.tsx";
import { useMatch } from "./match-context.tsx";

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

export function SupportSection({ hits }: { readonly hits: readonly Hit[] }) {
  const { t } = useView();
  const { demand, recordHref } = useMatch();
  const hint =
    demand.region === "" ? "supportNoRegion" : hits.length === 0 ? "supportNone" : "supportHint";
  return (
    <section className="support">
      <h2>{t("support")}</h2>
      <p className="hint">{t(hint)}</p>
      <ul>
        {hits.map(({ record }) => (
          <li key={record.urn}>
            <KindChip kind={record.ref.kind} />
            <a href={recordHref(record.urn)}>{record.title || record.ref.key}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
