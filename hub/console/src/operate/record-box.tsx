/** A text field that finds a record by its words. @module */

import type { Hit, RecordKind } from "@tributary/sdk";
import { useEffect, useEffectEvent, useState } from "react";
import { OptionField } from "../option-field.tsx";
import { useOptionList } from "../option-list.tsx";
import { useView } from "../view.tsx";

const MAX_OPTIONS = 8;
/** Typing pauses for so long before the hub is asked; ms. */
const PAUSE_MS = 150;

export interface RecordBoxProps {
  /** Of the input. */
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  /** What is said aloud when so many options open. */
  readonly countText: (count: number) => string;
  /** Only records of this kind. */
  readonly kind?: RecordKind | undefined;
  /** Gets the URN and title of the chosen record, or a URN that was typed; empty while there is none. */
  readonly onChange: (urn: string, title: string) => void;
}

export function RecordBox({ id, label, hint, countText, kind, onChange }: RecordBoxProps) {
  const { client } = useView();
  const [text, setText] = useState("");
  /** What is looked for; empty once one was chosen. */
  const [wanted, setWanted] = useState("");
  const list = useOptionList<Hit>({
    id: `${id}-options`,
    prefix: `${id}-option`,
    label,
    countText,
    textOf: ({ record }) => [record.title || record.ref.key, record.centerName],
    onChoose: ({ record }) => {
      const title = record.title || record.ref.key;
      setText(title);
      setWanted("");
      onChange(record.urn, title);
      list.open([]);
    },
    onEscape: () => list.open([]),
  });
  const open = useEffectEvent((hits: readonly Hit[]) => list.open(hits));
  useEffect(() => {
    if (wanted === "") return;
    const asking = new AbortController();
    const timer = setTimeout(() => {
      const filters = kind === undefined ? {} : { kind };
      const options = { filters, pageSize: MAX_OPTIONS, signal: asking.signal };
      client.search(wanted, options).then(
        ({ hits }) => {
          if (!asking.signal.aborted) open(hits);
        },
        () => open([]), // no options: the field still takes a URN
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [wanted, kind, client]);

  function onType(typed: string, isComposing: boolean): void {
    setText(typed);
    const trimmed = typed.trim();
    const isName = trimmed.startsWith("urn:dth:") || trimmed.startsWith("ent_");
    onChange(isName ? trimmed : "", trimmed);
    if (isComposing) return;
    setWanted(trimmed);
    if (trimmed === "") list.open([]);
  }

  return (
    <OptionField
      id={id}
      label={label}
      description={hint}
      value={text}
      list={list}
      onType={onType}
    />
  );
}
