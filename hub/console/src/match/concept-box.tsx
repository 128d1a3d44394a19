/**
 * A text field for one code of a long scheme, with options as you type. All of them are in the page, so nothing is asked
 * over the network.
 *
 * @module
 */

import type { Concept, SchemeName } from "@tributary/sdk/vocabulary";
import { useMemo, useState } from "react";
import { OptionField } from "../option-field.tsx";
import { useOptionList } from "../option-list.tsx";
import { useView, type View } from "../view.tsx";

export interface ConceptBoxProps {
  /** Of the input. */
  readonly id: string;
  readonly scheme: SchemeName;
  readonly label: string;
  readonly hint: string;
  readonly error: string | undefined;
  /** Terms of the scheme that the shared vocabulary does not have. */
  readonly more?: readonly Concept[];
  /** A code, or a text that is none. */
  readonly value: string;
  /** Gets the code that was chosen, or typed by code or label; else the text as it was typed. */
  readonly onChange: (value: string) => void;
}

interface Option {
  readonly code: string;
  readonly label: string;
  /** The wider concept, to tell two of one name apart. */
  readonly wider: string;
  /** Lower case: code, labels and other words. */
  readonly words: readonly string[];
}

const MAX_OPTIONS = 8;
const NONE: readonly Concept[] = [];

export function ConceptBox(props: ConceptBoxProps) {
  const { id, scheme, label, hint, error, value, more = NONE, onChange } = props;
  const view = useView();
  const { t, labels, language } = view;
  const options = useMemo(() => optionsOf(scheme, more, view), [scheme, more, view]);
  /** Undefined while the field shows what was chosen. */
  const [typed, setTyped] = useState<string>();

  const list = useOptionList<Option>({
    id: `${id}-options`,
    prefix: `${id}-option`,
    label: t("suggestions"),
    countText: (n) => t("conceptCount", { n }),
    textOf: ({ label: text, wider, code }) => [text, `${wider} ${code}`.trim()],
    onChoose: ({ code }) => {
      setTyped(undefined);
      onChange(code);
      list.open([]);
    },
    onEscape: () => list.open([]),
  });

  function onType(text: string, isComposing: boolean): void {
    setTyped(text);
    onChange(codeOf(options, text.trim()));
    if (isComposing) return;
    const word = text.trim().toLowerCase();
    list.open(word === "" ? [] : search(options, word));
  }

  return (
    <OptionField
      id={id}
      label={label}
      description={hint}
      error={error}
      value={
        typed ??
        more.find(({ code }) => code === value)?.[language] ??
        labels.code(scheme, value, language)
      }
      list={list}
      onType={onType}
    />
  );
}

function optionsOf(
  scheme: SchemeName,
  more: readonly Concept[],
  { labels, language }: View,
): readonly Option[] {
  const { scheme: schemeOf, conceptOf, labelOf } = labels.vocabulary;
  return [...schemeOf(scheme).concepts, ...more].map(({ code, zh, en, aliases, broader }) => ({
    code,
    // Regions and industries have labels that no concept has.
    label:
      conceptOf(scheme, code) === undefined
        ? { zh, en }[language]
        : labelOf(scheme, code, language),
    wider: broader === undefined ? "" : labelOf(scheme, broader, language),
    words: [code, zh, en, ...aliases].map((word) => word.toLowerCase()),
  }));
}

/** The code that a text is or names; else the text. */
function codeOf(options: readonly Option[], text: string): string {
  const typed = text.toLowerCase();
  const same =
    options.find(({ code }) => code.toLowerCase() === typed) ??
    options.find(({ words }) => words.includes(typed));
  return same?.code ?? text;
}

/** Those that begin with the text before those that have it in them; each in the order of the scheme. */
function search(options: readonly Option[], typed: string): readonly Option[] {
  const starting = options.filter(({ words }) => words.some((word) => word.startsWith(typed)));
  if (starting.length >= MAX_OPTIONS) return starting.slice(0, MAX_OPTIONS);
  const holding = options.filter(
    (option) => !starting.includes(option) && option.words.some((word) => word.includes(typed)),
  );
  return [...starting, ...holding].slice(0, MAX_OPTIONS);
}
