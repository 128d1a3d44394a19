/** A long list of which only the rows in sight are in the document, so that ten thousand scroll like ten. @module */

import { useVirtualizer } from "@tanstack/react-virtual";
import { type HTMLAttributes, type ReactNode, useEffect, useEffectEvent, useRef } from "react";

/** Rows kept ready outside of what is seen. */
const OVERSCAN = 8;

export interface VirtualRowsProps<Item> {
  readonly items: readonly Item[];
  readonly label: string;
  /** Height of a row before it was measured; px. */
  readonly rowPx: number;
  readonly children: (item: Item, index: number) => ReactNode;
  /** Called when the last row comes into sight and there are more. */
  readonly onEnd?: (() => void) | undefined;
  /** Row that stays in sight; with it the list itself takes the keys, through `listProps`. */
  readonly active?: number | undefined;
  readonly listProps?: HTMLAttributes<HTMLUListElement> | undefined;
  readonly rowProps?: ((item: Item, index: number) => HTMLAttributes<HTMLLIElement>) | undefined;
}

export function VirtualRows<Item>(props: VirtualRowsProps<Item>) {
  const { items, label, rowPx, children, onEnd, active, listProps, rowProps } = props;
  const box = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  const reachEnd = useEffectEvent(() => onEnd?.());
  useEffect(() => {
    if (last === items.length - 1) reachEnd();
  }, [last, items.length]);
  const showActive = useEffectEvent((index: number) => rows.scrollToIndex(index));
  useEffect(() => {
    if (active !== undefined) showActive(active);
  }, [active]);
  return (
    <section
      ref={box}
      className="row-box"
      aria-label={label}
      // A region that scrolls must be reached by keys; a list that takes keys is reached itself.
      tabIndex={active === undefined ? 0 : undefined}
    >
      <ul {...listProps} style={{ height: rows.getTotalSize() }}>
        {shown.map(({ key, index, start }) => {
          const item = items[index] as Item;
          return (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              style={{ transform: `translateY(${start}px)` }}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              {...rowProps?.(item, index)}
            >
              {children(item, index)}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
