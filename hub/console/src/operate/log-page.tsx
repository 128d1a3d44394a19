/** The log as it is: its newest checkpoint, and its entries from a position on. @module */

import { Button, Table, TextInput } from "@mantine/core";
import type { LogEntryView } from "@tributary/sdk/operator";
import { useState } from "react";
import { hexOf } from "../hex.ts";
import { Answer } from "../page-frame.tsx";
import { Section } from "../terms.tsx";
import { useAnswer } from "../use-answer.ts";
import { useView } from "../view.tsx";
import { AsCode } from "./as-code.tsx";
import { useOperator } from "./operator.tsx";

const PAGE = 25;
const SHOWN_BYTES = 48;

export function LogPage() {
  const { t } = useView();
  const { client } = useOperator();
  const asked = useAnswer("checkpoint", (signal) => client.checkpoint({ signal }));
  return (
    <Answer asked={asked} waiting={t("operateLoading")}>
      {({ checkpoint, vkey }) => (
        <>
          <Section title={t("logCheckpoint")}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keys */}
            <pre tabIndex={0}>{checkpoint}</pre>
            <p className="remark">
              {t("logKey")}: <code>{vkey}</code>
            </p>
          </Section>
          <Entries size={sizeOf(checkpoint)} />
        </>
      )}
    </Answer>
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
  const asked = useAnswer(`entries ${from} ${size}`, (signal) =>
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
  if (entries.length === 0) return <p className="hint">{t("logEmpty")}</p>;
  return (
    <div className="table-box">
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th className="figure">{t("logPositionHead")}</Table.Th>
            <Table.Th>{t("logType")}</Table.Th>
            <Table.Th>{t("logTime")}</Table.Th>
            <Table.Th className="figure">{t("logBytes")}</Table.Th>
            <Table.Th>{t("logStatement")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map(({ position, type, receivedAtMs, statement }) => (
            <Table.Tr key={position}>
              <Table.Th scope="row" className="figure">
                {position}
              </Table.Th>
              <Table.Td>{type}</Table.Td>
              <Table.Td>{formats.instant(receivedAtMs)}</Table.Td>
              <Table.Td className="figure">{formats.number(statement.length)}</Table.Td>
              <Table.Td>
                <code>{hexOf(statement.slice(0, SHOWN_BYTES))}</code>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
