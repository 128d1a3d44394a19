/** All providers, each once, however many centers describe it. @module */

import type { Entity } from "@tributary/sdk";
import { useState } from "react";
import { HEADINGS } from "../headings.ts";
import { Check } from "../match/checks.tsx";
import { MoreButton } from "../more-button.tsx";
import { Answer, PageFrame } from "../page-frame.tsx";
import { hrefOf, START } from "../page-state.ts";
import { usePages } from "../use-pages.ts";
import { useView } from "../view.tsx";
import { providerHash } from "../views.ts";
import { VirtualRows } from "../virtual-rows.tsx";

/** The most that the hub gives at once. */
const PAGE_SIZE = 100;
/** Height of a row before it was measured; px. */
const ROW_PX = 64;

export default function ProvidersPage() {
  const { t } = useView();
  const [isShared, setShared] = useState(false);
  return (
    <PageFrame heading={HEADINGS.providers}>
      <div className="page-switch">
        <Check label={t("providersShared")} isChecked={isShared} onChange={setShared} />
      </div>
      <ProviderList key={String(isShared)} minMembers={isShared ? 2 : 1} />
    </PageFrame>
  );
}

function ProviderList({ minMembers }: { readonly minMembers: number }) {
  const { t, client } = useView();
  const { items, asked, readOn } = usePages(
    `providers ${minMembers}`,
    (pageToken, signal) => client.entities({ minMembers, pageSize: PAGE_SIZE, pageToken, signal }),
    ({ entities }) => entities,
  );
  if (items.length === 0) {
    return (
      <Answer asked={asked} waiting={t("providersReading")}>
        {() => <p className="note">{t("providersNone")}</p>}
      </Answer>
    );
  }
  return (
    <>
      <p role="status">{t("providersCount", { n: items.length })}</p>
      <VirtualRows items={items} label={t("viewProviders")} rowPx={ROW_PX} onEnd={readOn}>
        {(entity) => <Row entity={entity} />}
      </VirtualRows>
      {asked.error !== undefined && (
        <Answer asked={asked} waiting="">
          {() => null}
        </Answer>
      )}
      <MoreButton readOn={readOn} />
    </>
  );
}

function Row({ entity: { id, name, uscc, members } }: { readonly entity: Entity }) {
  const { t } = useView();
  const centers = [...new Set(members.map(({ record }) => record.centerName))];
  return (
    <a className="row" href={hrefOf({ ...START, view: providerHash(id) })}>
      <strong>{name || id}</strong>
      <span className="row-facts">
        <span>{uscc || `${t("providerCode")}: ${t("providerCodeNone")}`}</span>
        <span>{centers.join(" · ")}</span>
      </span>
    </a>
  );
}
