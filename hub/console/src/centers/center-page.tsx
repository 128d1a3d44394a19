/** One center: its own words, what it has published, and how fresh that is. @module */

import { Table } from "@mantine/core";
import type { Client } from "@tributary/sdk";
import { KindChip } from "../chips.tsx";
import { CoverageLine } from "../coverage-line.tsx";
import { FieldList } from "../field-list.tsx";
import { HEADINGS } from "../headings.ts";
import { Answer, PageFrame } from "../page-frame.tsx";
import { hrefOf, START } from "../page-state.ts";
import { fieldsOf } from "../record-fields.ts";
import { Section } from "../terms.tsx";
import { useAnswer } from "../use-answer.ts";
import { useView } from "../view.tsx";
import { CENTERS_HASH } from "../views.ts";

export interface CenterPageProps {
  readonly id: string;
  /** Of the view, so that its records lead back. */
  readonly hash: string;
}

/** Records that are shown. */
const NEWEST = 10;

export default function CenterPage({ id, hash }: CenterPageProps) {
  const { t, client, labels, language } = useView();
  const asked = useAnswer(`center ${id}`, async (signal) => {
    const [answer] = await Promise.all([read(client, id, signal), labels.load()]);
    labels.learn(answer.newest.facets);
    return answer;
  });
  return (
    <PageFrame
      heading={HEADINGS.center}
      title={asked.value === undefined ? id : labels.value("center", id, language)}
    >
      <Answer asked={asked} waiting={t("loading")} startOver={{ ...START, view: CENTERS_HASH }}>
        {({ newest, profile }) =>
          newest.total === 0 ? (
            <p className="note">{t("centerNothing")}</p>
          ) : (
            <>
              <Freshness isFresh={!newest.coverage.centersNotFresh.includes(id)} />
              <div className="columns">
                <Section title={t("centerProfile")}>
                  {profile?.body === undefined ? (
                    <p className="hint">{t("centerNoProfile")}</p>
                  ) : (
                    <FieldList fields={profile.body.value} table={fieldsOf(profile.body.kind)} />
                  )}
                </Section>
                <Published id={id} answer={newest} />
              </div>
              <Newest answer={newest} hash={hash} />
              <CoverageLine coverage={newest.coverage} />
            </>
          )
        }
      </Answer>
    </PageFrame>
  );
}

async function read(client: Client, id: string, signal: AbortSignal) {
  const [newest, own] = await Promise.all([
    client.search("", {
      filters: { center: id },
      facets: ["kind", "center"],
      sort: "newest",
      pageSize: NEWEST,
      signal,
    }),
    client.list({ center: id, kind: "center" }, { pageSize: 1, signal }).page(),
  ]);
  return { newest, profile: own?.records[0] };
}

type Newest = Awaited<ReturnType<typeof read>>["newest"];

function Freshness({ isFresh }: { readonly isFresh: boolean }) {
  const { t } = useView();
  return (
    <p className="chips">
      <span className={`chip ${isFresh ? "chip-live" : "chip-stale"}`}>
        {t(isFresh ? "centerFresh" : "centerNotFresh")}
      </span>
    </p>
  );
}

function Published({ id, answer }: { readonly id: string; readonly answer: Newest }) {
  const { t, labels, language, formats } = useView();
  const kinds = answer.facets.find(({ field }) => field === "kind")?.values ?? [];
  const filters = { center: [id] };
  return (
    <Section title={t("centerWhat")}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("centerKind")}</Table.Th>
            <Table.Th className="figure">{t("centerRecords")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {kinds.map(({ value, count }) => (
            <Table.Tr key={value}>
              <Table.Th scope="row">
                <a href={hrefOf({ ...START, kind: value, filters })}>
                  {labels.value("kind", value, language)}
                </a>
              </Table.Th>
              <Table.Td className="figure">{formats.number(count)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <p>
        <a href={hrefOf({ ...START, filters })}>{t("centerAll", { n: answer.total })}</a>
      </p>
    </Section>
  );
}

function Newest({ answer, hash }: { readonly answer: Newest; readonly hash: string }) {
  const { t, formats, nowMs } = useView();
  return (
    <Section title={t("centerNewest")}>
      <ul className="link-list">
        {answer.hits.map(({ record }) => (
          <li key={record.urn}>
            <KindChip kind={record.ref.kind} />
            <a href={hrefOf({ ...START, record: record.urn, view: hash })}>
              {record.title || record.ref.key}
            </a>
            <span className="hint">{formats.ago(record.receivedAtMs, nowMs())}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
