/** Numbers with their names, and numbers that open the buckets which they rest on. @module */

import { type Child, el } from "../dom.ts";
import type { View } from "../view.ts";
import type { BucketPanel } from "./bucket-panel.ts";

/** A maker of such numbers; all of one panel say together whether it is open. */
export function numberButtons(
  panel: BucketPanel,
  { t }: View,
): (name: string, value: string) => HTMLButtonElement {
  const buttons: HTMLButtonElement[] = [];
  const toggle = () => {
    const isOpen = String(panel.toggle());
    for (const button of buttons) button.setAttribute("aria-expanded", isOpen);
  };
  return (name, value) => {
    const button = el(
      "button",
      {
        type: "button",
        class: "number",
        "aria-expanded": "false",
        "aria-controls": panel.element.id,
        "aria-label": t("figureOpen", { name, value }),
        on: { click: toggle },
      },
      value,
    );
    buttons.push(button);
    return button;
  };
}

/** A number with its name; a group of a `dl` of the class `figures`. */
export function figure(name: string, value: Child): HTMLElement {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value));
}
