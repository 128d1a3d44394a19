/** One provider: what each center says of it, and why these records are held to be one. @module */

import { Table } from "@mantine/core";
import type { Entity, EntityLink } from "@tributary/sdk";
import { StateChip } from "../chips.tsx";
import { CoverageLine } from "../coverage-line.tsx";
import { DataTable } from "../data-table.tsx";
import { HEADINGS } from "../headings.ts";
import { Answer, PageFrame } from "../page-frame.tsx";
import { hrefOf, START } from "../page-state.ts";
import { Section, TermList } from "../terms.tsx";
import { useAnswer } from "../use-answer.ts";
import { useView } from "../view.tsx";
import { PROVIDERS_HASH } from "../views.ts";
import { Waterfall } from "./waterfall.tsx";

export interface ProviderPageProps {
  /** Of the entity, or the URN of one of its records. */
  readonly id: string;
  /** Of the view, so that its records lead back. */
  readonly hash: string;
}

export default function ProviderPage({ id, hash }: ProviderPageProps) {
  const { t, client } = useView();
  const asked = useAnswer(`provider ${id}`, (signal) => client.entity(id, { signal }));
  const entity = asked.value?.entity;
  return (
    <PageFrame heading={HEADINGS.provider} title={entity?.name}>
      <Answer
        asked={asked}
        waiting={t("providerLoading")}
        startOver={{ ...START, view: PROVIDERS_HASH }}
      >
        {(answer) => (
          <>
            <Facts entity={answer.entity} />
            <Members entity={answer.entity} hash={hash} />
            <Why entity={answer.entity} />
            <Related entity={answer.entity} hash={hash} />
            <CoverageLine coverage={answer.coverage} />
          </>
        )}
      </Answer>
    </PageFrame>
  );
}

interface EntityProps {
  readonly entity: Entity;
}

function Facts({ entity: { id, uscc, members } }: EntityProps) {
  const { t } = useView();
  const centers = new Set(members.map(({ record }) => record.ref.centerId));
  return (
    <Section title={t("sectionContent")}>
      <TermList
        rows={[
          [t("providerCode"), uscc || t("providerCodeNone")],
          [t("providerCenters"), String(centers.size)],
          ["ID", <code key="id">{id}</code>],
        ]}
      />
    </Section>
  );
}

interface HashProps extends EntityProps {
  readonly hash: string;
}

function Members({ entity: { members }, hash }: HashProps) {
  const { t, formats } = useView();
  return (
    <Section title={t("providerRecords")}>
      <div className="table-box">
        <DataTable columns={[t("centerId"), t("providerRecord"), t("state"), t("receivedAt")]}>
          {members.map(({ record }) => (
            <Table.Tr key={record.urn}>
              <Table.Td>{record.centerName || record.ref.centerId}</Table.Td>
              <Table.Td>
                <a href={hrefOf({ ...START, record: record.urn, view: hash })}>
                  {record.title || record.ref.key}
                </a>
              </Table.Td>
              <Table.Td>
                <StateChip record={record} />
              </Table.Td>
              <Table.Td>{formats.instant(record.receivedAtMs)}</Table.Td>
            </Table.Tr>
          ))}
        </DataTable>
      </div>
    </Section>
  );
}

function Why({ entity: { members } }: EntityProps) {
  const { t } = useView();
  const linked = members.filter(({ link }) => link !== undefined);
  return (
    <Section title={t("providerWhy")}>
      <p className="hint">{t(linked.length === 0 ? "providerOnly" : "providerWhyHint")}</p>
      {linked.map((member) => (
        <Waterfall
          key={member.record.urn}
          link={member.link as EntityLink}
          of={member.record}
          to={members.find(({ record }) => record.urn === member.link?.to)?.record}
        />
      ))}
    </Section>
  );
}

/** Cases that are shown. */
const RELATED = 6;

function Related({ entity: { name }, hash }: HashProps) {
  const { t, client } = useView();
  const asked = useAnswer(`related ${name}`, async (signal) => {
    const filters = { kind: "case" as const };
    return (await client.search(name, { filters, pageSize: RELATED, signal })).hits;
  });
  return (
    <Section title={t("providerRelated")}>
      <Answer asked={asked} waiting={t("loading")}>
        {(hits) =>
          hits.length === 0 ? (
            <p className="hint">{t("providerRelatedNone")}</p>
          ) : (
            <ul className="link-list">
              {hits.map(({ record }) => (
                <li key={record.urn}>
                  <a href={hrefOf({ ...START, record: record.urn, view: hash })}>{record.title}</a>
                  <span className="hint">{record.centerName}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </Section>
  );
}
