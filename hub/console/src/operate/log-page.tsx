/** The log as it is: its newest checkpoint, and its entries from a position on. @module */

import { Button, Table, TextInput } from "@mantine/core";
import type { LogEntryView } from "@tributary/sdk/operator";
import { useState } from "react";
import { DataTable } from "../data-table.tsx";
import { Answer } from "../page-frame.tsx";
import { Section, TermList } from "../terms.tsx";
import { useAnswer } from "../use-answer.ts";
import { useCenterNames } from "../use-center-names.ts";
import { useView } from "../view.tsx";
import { AsCode } from "./as-code.tsx";
import { EntryContent, TYPE_NAMES } from "./entry-content.tsx";
import { useOperator } from "./operator.tsx";

const PAGE = 25;

export function LogPage() {
  const { t } = useView();
  const { client } = useOperator();
  const asked = useAnswer("operate checkpoint", (signal) => client.checkpoint({ signal }));
  return (
    <Answer asked={asked} waiting={t("operateLoading")}>
      {({ checkpoint, vkey }) => (
        <>
          <Checkpoint checkpoint={checkpoint} vkey={vkey} />
          <Entries size={sizeOf(checkpoint)} />
        </>
      )}
    </Answer>
  );
}

/** Line by line (C2SP tlog-checkpoint), and as the hub signed it. */
function Checkpoint({ checkpoint, vkey }: { readonly checkpoint: string; readonly vkey: string }) {
  const { t } = useView();
  const [origin = "", size = "", root = "", , ...signatures] = checkpoint.trimEnd().split("\n");
  return (
    <Section title={t("logCheckpoint")}>
      <TermList
        rows={[
          [t("logOrigin"), <code key="origin">{origin}</code>],
          [t("logSize"), size],
          [t("logRoot"), <code key="root">{root}</code>],
          [
            t("logSignatures"),
            <ul key="signatures">
              {signatures.map((line) => (
                <li key={line}>
                  <code>{line}</code>
                </li>
              ))}
            </ul>,
          ],
          [t("logKey"), <code key="key">{vkey}</code>],
        ]}
      />
      <details className="more">
        <summary>{t("logText")}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keys */}
        <pre tabIndex={0}>{checkpoint}</pre>
      </details>
    </Section>
  );
}

/** The second line of a checkpoint (C2SP tlog-checkpoint). */
function sizeOf(checkpoint: string): number {
  return Number(checkpoint.split("\n")[1] ?? 0);
}

function Entries({ size }: { readonly size: number }) {
  const { t } = useView();
  const { client } = useOperator();
  const [from, setFrom] = useState(Math.max(0, size - PAGE));
  const [text, setText] = useState(String(from));
  const asked = useAnswer(`operate entries ${from} ${size}`, (signal) =>
    client.entries(from, PAGE, { signal }),
  );
  const show = () => {
    const position = Number(text);
    if (Number.isSafeInteger(position)) setFrom(Math.max(0, Math.min(size - 1, position)));
  };
  return (
    <Section title={t("logEntries")}>
      <form
        className="one-line"
        onSubmit={(event) => {
          event.preventDefault();
          show();
        }}
      >
        <TextInput
          id="log-from"
          label={t("logFrom")}
          inputMode="numeric"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit">{t("logShow")}</Button>
      </form>
      <Answer asked={asked} waiting={t("operateLoading")}>
        {(entries) => <EntryTable entries={entries} />}
      </Answer>
      <AsCode cli="log verify" sdk={`console.log(await operator.entries(${from}, ${PAGE}));`} />
    </Section>
  );
}

function EntryTable({ entries }: { readonly entries: readonly LogEntryView[] }) {
  const { t, formats } = useView();
  const nameOf = useCenterNames();
  if (entries.length === 0) return <p className="hint">{t("logEmpty")}</p>;
  return (
    <div className="table-box">
      <DataTable
        columns={[{ figure: t("logPositionHead") }, t("logTime"), t("logType"), t("logWhat")]}
      >
        {entries.map((entry) => (
          <Table.Tr key={entry.position}>
            <Table.Th scope="row" className="figure">
              {entry.position}
            </Table.Th>
            <Table.Td className="log-time">{formats.instant(entry.receivedAtMs)}</Table.Td>
            <Table.Td>
              <span className="chip chip-kind">{t(TYPE_NAMES[entry.type])}</span>
            </Table.Td>
            <Table.Td>
              <EntryContent entry={entry} nameOf={nameOf} />
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
    </div>
  );
}
