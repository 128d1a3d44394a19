/**
 * The list of an ARIA combobox (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/): options below a text field, which
 * keeps the focus while keys move among them.
 *
 * @module
 */

import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";

/** What a list needs to know of its options. */
export interface OptionListOptions<Item> {
  /** Of the list; those of its options begin with `prefix`. */
  readonly id: string;
  readonly prefix: string;
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
  /** The list and what it says aloud, to stand behind the field. */
  readonly element: ReactNode;
  /** Make the field the combobox of this list. */
  readonly fieldProps: Readonly<Record<string, string | boolean | undefined>>;
  /** Shows these options; none closes the list. */
  readonly open: (items: readonly Item[]) => void;
  /** Whether the key was one for the open list. */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

export function useOptionList<Item>(options: OptionListOptions<Item>): OptionList<Item> {
  const { id, prefix, label, countText, textOf, onChoose, onEscape } = options;
  const [items, setItems] = useState<readonly Item[]>([]);
  /** -1 is the text as typed. */
  const [active, setActive] = useState(-1);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const isOpen = items.length > 0;
  const optionId = (index: number) => `${prefix}-${index}`;
  const open = (next: readonly Item[]) => {
    setItems(next);
    setActive(-1);
  };
  return {
    open,
    fieldProps: {
      role: "combobox",
      autoComplete: "off",
      autoCapitalize: "none",
      spellCheck: "false",
      "aria-autocomplete": "list",
      "aria-controls": id,
      "aria-expanded": isOpen,
      "aria-activedescendant": active < 0 ? undefined : optionId(active),
    },
    onKey(event) {
      // Enter and arrows belong to the input method while it composes.
      if (event.nativeEvent.isComposing || !isOpen) return false;
      const chosen = items[active];
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        // The typed text counts as a place between the last option and the first.
        const places = items.length + 1;
        const step = event.key === "ArrowDown" ? 1 : -1;
        setActive(((active + 1 + step + places) % places) - 1);
      } else if (event.key === "Enter" && chosen !== undefined) onChoose(chosen);
      else if (event.key === "Escape") onEscape();
      else return false;
      event.preventDefault();
      return true;
    },
    element: (
      <>
        <ul
          id={id}
          ref={list}
          className="options"
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the combobox pattern of the APG
          role="listbox"
          aria-label={label}
          hidden={!isOpen}
          // The field keeps the focus, so that a click reaches the option before the list closes.
          onMouseDown={(event) => event.preventDefault()}
        >
          {items.map((item, index) => {
            const [text, source] = textOf(item);
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and takes the keys
              // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant points at it
              <li
                key={optionId(index)}
                id={optionId(index)}
                // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the combobox pattern of the APG
                role="option"
                aria-selected={index === active}
                onClick={() => onChoose(item)}
              >
                <span>{text}</span>
                <span className="suggestion-source">{source}</span>
              </li>
            );
          })}
        </ul>
        <span className="visually-hidden" role="status">
          {isOpen ? countText(items.length) : ""}
        </span>
      </>
    ),
  };
}
