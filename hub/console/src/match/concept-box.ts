/**
 * A text field for one code of a long scheme, with options as you type. All of them are in the page, so nothing is asked
 * over the network.
 *
 * @module
 */

import type { SchemeName } from "@tributary/sdk/vocabulary";
import { el } from "../dom.ts";
import { optionList } from "../option-list.ts";
import type { View } from "../view.ts";

export interface ConceptBox {
  /** The field with its list. */
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  /** The code that was chosen or typed by code or label; else the text as it was typed. */
  readonly read: () => string;
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

/** @param id Of the input. @param value A code, or a text that is none. */
export function conceptBox(id: string, scheme: SchemeName, value: string, view: View): ConceptBox {
  const { t, labels, language } = view;
  const options = optionsOf(scheme, view);
  let chosen = value;

  const list = optionList<Option>({
    id: `${id}-options`,
    prefix: `${id}-option`,
    class: "options",
    label: t("suggestions"),
    countText: (n) => t("conceptCount", { n }),
    textOf: ({ label, wider, code }) => [label, `${wider} ${code}`.trim()],
    onChoose: choose,
    onEscape: () => list.open([]),
  });
  const input = el("input", {
    id,
    type: "text",
    on: { input: onInput, compositionend: onInput, keydown: list.onKey, blur: () => list.open([]) },
  });
  list.attach(input);
  input.value = labels.code(scheme, value, language);
  const element = el("div", { class: "combobox" }, input, list.element, list.status);
  return { element, input, read };

  function read(): string {
    const text = input.value.trim();
    if (text === "") return "";
    if (chosen !== "" && labels.code(scheme, chosen, language) === text) return chosen;
    const typed = text.toLowerCase();
    const same =
      options.find(({ code }) => code.toLowerCase() === typed) ??
      options.find(({ words }) => words.includes(typed));
    return same?.code ?? text;
  }

  function onInput(event: Event): void {
    if ((event as InputEvent).isComposing) return;
    chosen = "";
    const typed = input.value.trim().toLowerCase();
    list.open(typed === "" ? [] : search(options, typed));
  }

  function choose({ code, label }: Option): void {
    chosen = code;
    input.value = label;
    list.open([]);
  }
}

function optionsOf(scheme: SchemeName, { labels, language }: View): readonly Option[] {
  const { scheme: schemeOf, labelOf } = labels.vocabulary;
  return schemeOf(scheme).concepts.map(({ code, zh, en, aliases, broader }) => ({
    code,
    label: labelOf(scheme, code, language),
    wider: broader === undefined ? "" : labelOf(scheme, broader, language),
    words: [code, zh, en, ...aliases].map((word) => word.toLowerCase()),
  }));
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
