/** A text field that finds a provider by its name. @module */

import type { Hit } from "@tributary/sdk";
import { useEffect, useEffectEvent, useState } from "react";
import { OptionField } from "../../option-field.tsx";
import { useOptionList } from "../../option-list.tsx";
import { useView } from "../../view.tsx";

const MAX_OPTIONS = 8;
/** Typing pauses for so long before the hub is asked; ms. */
const PAUSE_MS = 150;

export interface ProviderBoxProps {
  /** Of the input. */
  readonly id: string;
  readonly label: string;
  /** Gets the URN of the chosen record; empty while none is. */
  readonly onChange: (urn: string) => void;
}

export function ProviderBox({ id, label, onChange }: ProviderBoxProps) {
  const { t, client } = useView();
  const [text, setText] = useState("");
  /** What is looked for; empty once one was chosen. */
  const [wanted, setWanted] = useState("");
  const list = useOptionList<Hit>({
    id: `${id}-options`,
    prefix: `${id}-option`,
    label,
    countText: (n) => t("mergeOptions", { n }),
    textOf: ({ record }) => [record.title || record.ref.key, record.centerName],
    onChoose: ({ record }) => {
      setText(record.title || record.ref.key);
      setWanted("");
      onChange(record.urn);
      list.open([]);
    },
    onEscape: () => list.open([]),
  });
  const open = useEffectEvent((hits: readonly Hit[]) => list.open(hits));
  useEffect(() => {
    if (wanted === "") return;
    const asking = new AbortController();
    const timer = setTimeout(() => {
      const options = { filters: { kind: "provider" as const }, pageSize: MAX_OPTIONS };
      client.search(wanted, { ...options, signal: asking.signal }).then(
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
  }, [wanted, client]);

  function onType(typed: string, isComposing: boolean): void {
    setText(typed);
    const trimmed = typed.trim();
    onChange(trimmed.startsWith("urn:dth:") || trimmed.startsWith("ent_") ? trimmed : "");
    if (isComposing) return;
    setWanted(trimmed);
    if (trimmed === "") list.open([]);
  }

  return (
    <OptionField
      id={id}
      label={label}
      description={t("mergePickHint")}
      value={text}
      list={list}
      onType={onType}
    />
  );
}
