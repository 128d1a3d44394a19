/**
 * A text field for one code of a long scheme, with options as you type: an ARIA combobox with a list popup
 * (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). All options are in the page, so nothing is asked over the network.
 *
 * @module
 */

import type { SchemeName } from "@tributary/sdk/vocabulary";
import { el } from "../dom.ts";
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
  let found: readonly Option[] = [];
  let active = -1;
  let chosen = value;

  const list = el("ul", {
    id: `${id}-options`,
    class: "options",
    role: "listbox",
    "aria-label": t("suggestions"),
    hidden: true,
    // The input keeps the focus, so that a click reaches the option before the list closes.
    on: { mousedown: (event) => event.preventDefault() },
  });
  const status = el("p", { class: "visually-hidden", role: "status" });
  const input = el("input", {
    id,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
    on: { input: onInput, compositionend: onInput, keydown: onKey, blur: () => open([]) },
  });
  input.value = labels.code(scheme, value, language);
  const element = el("div", { class: "combobox" }, input, list, status);
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
    open(typed === "" ? [] : search(options, typed));
  }

  function open(next: readonly Option[]): void {
    found = next;
    list.replaceChildren(
      ...found.map((option, index) =>
        el(
          "li",
          {
            id: `${id}-option-${index}`,
            role: "option",
            "aria-selected": "false",
            on: { click: () => choose(option) },
          },
          el("span", {}, option.label),
          el("span", { class: "suggestion-source" }, `${option.wider} ${option.code}`.trim()),
        ),
      ),
    );
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = found.length > 0 ? t("conceptCount", { n: found.length }) : "";
    select(-1);
  }

  function choose({ code, label }: Option): void {
    chosen = code;
    input.value = label;
    open([]);
  }

  /** -1 is the text as typed. */
  function select(index: number): void {
    active = index;
    for (const [i, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(i === index));
    }
    const option = list.children[index];
    if (option === undefined) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  }

  function onKey(event: KeyboardEvent): void {
    // Enter and arrows belong to the input method while it composes.
    if (event.isComposing || found.length === 0) return;
    const places = found.length + 1; // the typed text is one, between the last option and the first
    const option = found[active];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      select(((active + 1 + (event.key === "ArrowDown" ? 1 : -1) + places) % places) - 1);
    } else if (event.key === "Enter" && option !== undefined) {
      event.preventDefault();
      choose(option);
    } else if (event.key === "Escape") {
      event.preventDefault();
      open([]);
    }
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
