/**
 * The list of an ARIA combobox (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/): options below a text field, which
 * keeps the focus while keys move among them.
 *
 * @module
 */

import { el } from "./dom.ts";

/** What a list needs to know of its options. */
export interface OptionListOptions<Item> {
  /** Of the list; those of its options begin with `prefix`. */
  readonly id: string;
  readonly prefix: string;
  readonly class?: string;
  readonly label: string;
  /** What is said aloud when so many options open. */
  readonly countText: (count: number) => string;
  /** An option's text, and what tells it from others. */
  readonly textOf: (item: Item) => readonly [text: string, source: string];
  readonly onChoose: (item: Item) => void;
  /** Escape was pressed while the list was open. */
  readonly onEscape: () => void;
}

export interface OptionList<Item> {
  readonly element: HTMLUListElement;
  /** Says how many options there are. */
  readonly status: HTMLElement;
  /** Makes the field the combobox of this list. To be called once, before anything else. */
  readonly attach: (input: HTMLInputElement) => void;
  /** Shows these options; none closes the list. */
  readonly open: (items: readonly Item[]) => void;
  /** Whether the key was one for the open list. */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

export function optionList<Item>(options: OptionListOptions<Item>): OptionList<Item> {
  const { id, prefix, label, countText, textOf, onChoose, onEscape } = options;
  let items: readonly Item[] = [];
  let active = -1;
  let field: HTMLInputElement | undefined;

  const status = el("p", { class: "visually-hidden", role: "status" });
  const element = el("ul", {
    id,
    ...(options.class !== undefined && { class: options.class }),
    role: "listbox",
    "aria-label": label,
    hidden: true,
    // The input keeps the focus, so that a click reaches the option before the list closes.
    on: { mousedown: (event) => event.preventDefault() },
  });
  return { element, status, attach, open, onKey };

  function attach(input: HTMLInputElement): void {
    field = input;
    const attributes = {
      role: "combobox",
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
      "aria-autocomplete": "list",
      "aria-controls": id,
      "aria-expanded": "false",
    };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  }

  function open(next: readonly Item[]): void {
    items = next;
    element.replaceChildren(
      ...items.map((item, index) => {
        const [text, source] = textOf(item);
        return el(
          "li",
          {
            id: `${prefix}-${index}`,
            role: "option",
            "aria-selected": "false",
            on: { click: () => onChoose(item) },
          },
          el("span", {}, text),
          el("span", { class: "suggestion-source" }, source),
        );
      }),
    );
    const isOpen = items.length > 0;
    element.hidden = !isOpen;
    field?.setAttribute("aria-expanded", String(isOpen));
    status.textContent = isOpen ? countText(items.length) : "";
    select(-1);
  }

  /** -1 is the text as typed. */
  function select(index: number): void {
    active = index;
    for (const [i, option] of [...element.children].entries()) {
      option.setAttribute("aria-selected", String(i === index));
    }
    const option = element.children[index];
    if (option === undefined) field?.removeAttribute("aria-activedescendant");
    else {
      field?.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  }

  function onKey(event: KeyboardEvent): boolean {
    // Enter and arrows belong to the input method while it composes.
    if (event.isComposing || items.length === 0) return false;
    const chosen = items[active];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      // The typed text counts as a place between the last option and the first.
      const places = items.length + 1;
      const step = event.key === "ArrowDown" ? 1 : -1;
      select(((active + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && chosen !== undefined) onChoose(chosen);
    else if (event.key === "Escape") onEscape();
    else return false;
    event.preventDefault();
    return true;
  }
}
