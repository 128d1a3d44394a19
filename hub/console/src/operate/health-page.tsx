/** How active each center is, by a rule that is shown. @module */

import { Table } from "@mantine/core";
import type { CenterActivity } from "@tributary/sdk";
import { DataTable } from "../data-table.tsx";
import type { MessageName } from "../language.ts";
import { Answer } from "../page-frame.tsx";
import { hrefOf, START } from "../page-state.ts";
import { useAnswer } from "../use-answer.ts";
import { useView } from "../view.tsx";
import { centerHash } from "../views.ts";
import { AsCode } from "./as-code.tsx";

const STATES: Readonly<Record<string, { readonly label: MessageName; readonly chip: string }>> = {
  active: { label: "healthActive", chip: "chip-live" },
  slowing: { label: "healthSlowing", chip: "chip-stale" },
  dormant: { label: "healthDormant", chip: "chip-hidden" },
};

export function HealthPage() {
  const { t, client } = useView();
  const asked = useAnswer("operate health", (signal) => client.activity({ signal }));
  return (
    <Answer asked={asked} waiting={t("operateLoading")}>
      {({ rule, centers }) => (
        <>
          <p className="hint">
            {t("healthIntro", {
              rule: rule.version,
              weeks: rule.periodWeeks,
              slow: rule.slowingAfterDays,
              dormant: rule.dormantAfterDays,
            })}
          </p>
          <section className="table-box" aria-label={t("healthTable")}>
            <DataTable
              caption={t("healthTable")}
              columns={[
                t("centerId"),
                t("healthState"),
                t("healthWhy"),
                { figure: t("healthKept") },
                t("healthLast"),
                t("healthWeeks"),
              ]}
            >
              {inOrder(centers).map((center) => (
                <Row key={center.centerId} center={center} />
              ))}
            </DataTable>
            <AsCode cli="insight activity" sdk="console.log(await client.activity());" />
          </section>
        </>
      )}
    </Answer>
  );
}

const ORDER = ["dormant", "slowing", "active"];

/** Whom to call first comes first. */
function inOrder(centers: readonly CenterActivity[]): readonly CenterActivity[] {
  return centers.toSorted(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || b.silentDays - a.silentDays,
  );
}

function Row({ center }: { readonly center: CenterActivity }) {
  const { t, language, formats, nowMs } = useView();
  const { centerId, centerName, state, because, promised, kept, lastBatchAtMs } = center;
  const known = STATES[state];
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <a href={hrefOf({ ...START, view: centerHash(centerId) })}>{centerName || centerId}</a>
      </Table.Th>
      <Table.Td>
        <span className={`chip ${known?.chip ?? ""}`}>{known ? t(known.label) : state}</span>
      </Table.Td>
      <Table.Td>{because.map((sentence) => sentence[language]).join("; ")}</Table.Td>
      <Table.Td className="figure">{promised === 0 ? "–" : `${kept} / ${promised}`}</Table.Td>
      <Table.Td>
        {lastBatchAtMs === undefined ? t("memberNever") : formats.ago(lastBatchAtMs, nowMs())}
      </Table.Td>
      <Table.Td>
        <Weeks center={center} />
      </Table.Td>
    </Table.Tr>
  );
}

const WEEKS = 26;
const WEEK_MS = 7 * 86_400_000;
/** Weeks are counted from Monday, 5 January 1970, Beijing time. */
const FIRST_MS = Date.UTC(1970, 0, 4, 16);
const HEIGHT = 24;

/** Records by week as bars; their number in words beside them. */
function Weeks({ center: { weeks } }: { readonly center: CenterActivity }) {
  const { t, nowMs } = useView();
  const last = Math.floor((nowMs() - FIRST_MS) / WEEK_MS);
  const counts = Array.from(
    { length: WEEKS },
    (_, i) => weeks.find(({ week }) => week === last - WEEKS + 1 + i)?.records ?? 0,
  );
  const most = Math.max(...counts, 1);
  const sum = counts.reduce((a, b) => a + b, 0);
  return (
    <>
      <svg viewBox={`0 0 ${WEEKS * 4} ${HEIGHT}`} className="weeks" aria-hidden="true">
        {counts.map((count, i) => {
          const height = count === 0 ? 1 : Math.max(3, (count / most) * HEIGHT);
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: the place is the week
              key={i}
              className={count === 0 ? "week-empty" : "share-for"}
              x={i * 4}
              y={HEIGHT - height}
              width={3}
              height={height}
            />
          );
        })}
      </svg>
      <span className="hint">{t("healthWeeksText", { n: sum })}</span>
    </>
  );
}
