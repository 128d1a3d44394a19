/** Policies and voucher programmes of the demand's region, the province and the nation. @module */

import type { Hit } from "@tributary/sdk";
import { KindChip } from "../chips.tsx";
import { useView } from "../view.tsx";
import { useMatch } from "./match-context.tsx";

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
