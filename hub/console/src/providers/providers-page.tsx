/** All providers, each once, however many centers describe it. @module */

import { Button } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { Entity } from "@tributary/sdk";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Check } from "../match/checks.tsx";
import { Answer, PageFrame } from "../page-frame.tsx";
import { hrefOf, START } from "../page-state.ts";
import { useAnswer } from "../use-answer.ts";
import { useView } from "../view.tsx";
import { providerHash } from "../views.ts";

/** The most that the hub gives at once. */
const PAGE_SIZE = 100;
/** Height of a row before it was measured; px. */
const ROW_PX = 64;
/** Rows kept ready outside of what is seen. */
const OVERSCAN = 8;

export default function ProvidersPage() {
  const { t } = useView();
  const [isShared, setShared] = useState(false);
  return (
    <PageFrame title={t("viewProviders")} intro={t("providersIntro")}>
      <div className="page-switch">
        <Check label={t("providersShared")} isChecked={isShared} onChange={setShared} />
      </div>
      <ProviderList key={String(isShared)} minMembers={isShared ? 2 : 1} />
    </PageFrame>
  );
}

interface Read {
  readonly entities: readonly Entity[];
  /** Token of what comes next; empty at the end. */
  readonly next: string;
}

function ProviderList({ minMembers }: { readonly minMembers: number }) {
  const { t, client } = useView();
  const [before, setBefore] = useState<Read>({ entities: [], next: "" });
  const asked = useAnswer(`providers ${minMembers} ${before.next}`, async (signal) => {
    const pageToken = before.next;
    return client.entities({ minMembers, pageSize: PAGE_SIZE, pageToken, signal });
  });
  const shown = [...before.entities, ...(asked.value?.entities ?? [])];
  const next = asked.value?.nextPageToken ?? "";
  const readOn = () => setBefore({ entities: shown, next });
  if (shown.length === 0) {
    return (
      <Answer asked={asked} waiting={t("providersReading")}>
        {() => <p className="note">{t("providersNone")}</p>}
      </Answer>
    );
  }
  return (
    <>
      <p role="status">{t("providersCount", { n: shown.length })}</p>
      <Rows entities={shown} onEnd={next === "" ? undefined : readOn} />
      {asked.error !== undefined && (
        <Answer asked={asked} waiting="">
          {() => null}
        </Answer>
      )}
      {next !== "" && (
        <Button variant="light" onClick={readOn}>
          {t("providersMore")}
        </Button>
      )}
    </>
  );
}

interface RowsProps {
  readonly entities: readonly Entity[];
  /** Called when the last row comes into sight and there are more. */
  readonly onEnd: (() => void) | undefined;
}

/** Only the rows in sight are in the document, so that ten thousand scroll like ten. */
function Rows({ entities, onEnd }: RowsProps) {
  const { t } = useView();
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: entities.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  const reachEnd = useEffectEvent(() => onEnd?.());
  useEffect(() => {
    if (last === entities.length - 1) reachEnd();
  }, [last, entities.length]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keys
    <section ref={box} className="row-box" tabIndex={0} aria-label={t("viewProviders")}>
      <ul style={{ height: rows.getTotalSize() }}>
        {items.map(({ key, index, start }) => (
          <li
            key={key}
            ref={rows.measureElement}
            data-index={index}
            style={{ transform: `translateY(${start}px)` }}
            aria-setsize={entities.length}
            aria-posinset={index + 1}
          >
            <Row entity={entities[index] as Entity} />
          </li>
        ))}
      </ul>
    </section>
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
