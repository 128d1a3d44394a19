/** Records in an order: added by a search, moved, taken out. @module */

import { Button } from "@mantine/core";
import { useState } from "react";
import { Icon } from "../../icon.tsx";
import { useView } from "../../view.tsx";
import { RecordBox } from "../record-box.tsx";

/** A record by name, and what people read for it. */
export interface NamedRecord {
  readonly urn: string;
  readonly title: string;
}

export interface RecordOrderProps {
  readonly records: readonly NamedRecord[];
  readonly onChange: (records: readonly NamedRecord[]) => void;
}

export function RecordOrder({ records, onChange }: RecordOrderProps) {
  const { t } = useView();
  const [found, setFound] = useState<NamedRecord>({ urn: "", title: "" });
  /** A new box is an empty one. */
  const [box, setBox] = useState(0);
  const isNew = found.urn !== "" && !records.some(({ urn }) => urn === found.urn);
  const add = () => {
    onChange([...records, found]);
    setFound({ urn: "", title: "" });
    setBox(box + 1);
  };
  return (
    <fieldset className="record-order field-wide">
      <legend>{t("curateOrder", { n: records.length })}</legend>
      {records.length === 0 ? (
        <p className="hint">{t("curateOrderNone")}</p>
      ) : (
        <ol>
          {records.map((record, at) => (
            <Line
              key={record.urn}
              record={record}
              isFirst={at === 0}
              isLast={at === records.length - 1}
              onMove={(step) => onChange(moved(records, at, at + step))}
              onDrop={() => onChange(records.filter(({ urn }) => urn !== record.urn))}
            />
          ))}
        </ol>
      )}
      <div className="one-line">
        <RecordBox
          key={box}
          id="collection-record"
          label={t("curateAdd")}
          hint={t("curateAddHint")}
          countText={(n) => t("curateOptions", { n })}
          onChange={(urn, title) => setFound({ urn, title })}
        />
        <Button variant="light" disabled={!isNew} onClick={add}>
          {t("curateAddButton")}
        </Button>
      </div>
    </fieldset>
  );
}

interface LineProps {
  readonly record: NamedRecord;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly onMove: (step: 1 | -1) => void;
  readonly onDrop: () => void;
}

function Line({ record: { title }, isFirst, isLast, onMove, onDrop }: LineProps) {
  const { t } = useView();
  const button = { variant: "subtle", size: "compact-md" } as const;
  return (
    <li>
      <span>{title}</span>
      <span className="record-order-buttons">
        <Button
          {...button}
          aria-label={t("curateUp", { title })}
          disabled={isFirst}
          onClick={() => onMove(-1)}
        >
          <Icon name="up" />
        </Button>
        <Button
          {...button}
          aria-label={t("curateDown", { title })}
          disabled={isLast}
          onClick={() => onMove(1)}
        >
          <Icon name="down" />
        </Button>
        <Button {...button} aria-label={t("curateDrop", { title })} onClick={onDrop}>
          <Icon name="cross" />
        </Button>
      </span>
    </li>
  );
}

/** The list with two of its places exchanged. */
function moved(records: readonly NamedRecord[], from: number, to: number): NamedRecord[] {
  const list = [...records];
  const [record] = list.splice(from, 1);
  if (record !== undefined) list.splice(to, 0, record);
  return list;
}
