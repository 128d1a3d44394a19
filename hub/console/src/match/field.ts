/** Parts of the form: a field with its label, hint and error; groups of checkboxes. @module */

import { type Child, el } from "../dom.ts";
import type { MessageName, Translate } from "../language.ts";

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement | HTMLFieldSetElement;

/** A part of the form that can say what is wrong with it. */
export interface Field {
  readonly element: HTMLElement;
  /** Shows an error beside the field; undefined takes it away. */
  readonly showError: (message: string | undefined) => void;
  readonly focus: () => void;
}

export interface FieldOptions {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  /** What is labelled. */
  readonly control: Control;
  /** Where the control stands in something larger. */
  readonly around?: HTMLElement;
  /** Whether it takes a row of the form for itself. */
  readonly isWide?: boolean;
}

/** A labelled control. */
export function field(options: FieldOptions): Field {
  const { id, label, hint, control, around, isWide = false } = options;
  const error = errorOf(id, control, hint !== undefined);
  const element = el(
    "div",
    { class: isWide ? "field field-wide" : "field" },
    el("label", { for: id }, label),
    hint !== undefined && el("p", { class: "hint", id: `${id}-hint` }, hint),
    around ?? control,
    error.element,
  );
  return { element, showError: error.show, focus: () => control.focus() };
}

/** Checkboxes under one name. */
export interface Checks extends Field {
  readonly read: () => string[];
}

export interface ChecksOptions {
  readonly id: string;
  readonly legend: string;
  readonly hint?: string;
  readonly boxes: readonly HTMLInputElement[];
  readonly children: readonly Child[];
  /** Whether it takes a row of the form for itself. */
  readonly isWide?: boolean;
}

export function checks(options: ChecksOptions): Checks {
  const { id, legend, hint, boxes, children, isWide = false } = options;
  const name = isWide ? "field field-wide" : "field";
  const group = el("fieldset", { id, class: name }, el("legend", {}, legend));
  const error = errorOf(id, group, hint !== undefined);
  group.append(
    ...(hint === undefined ? [] : [el("p", { class: "hint", id: `${id}-hint` }, hint)]),
    error.element,
    ...children.filter((child) => child !== undefined && child !== false),
  );
  return {
    element: group,
    showError: error.show,
    focus: () => {
      const [first] = boxes;
      const folded = first?.closest("details");
      if (folded) folded.open = true;
      first?.focus();
    },
    read: () => boxes.filter(({ checked }) => checked).map(({ value }) => value),
  };
}

/** A checkbox with its label, which is the target to hit. */
export function check(
  value: string,
  label: string,
  isChecked: boolean,
): { readonly element: HTMLElement; readonly box: HTMLInputElement } {
  const box = el("input", { type: "checkbox", value, checked: isChecked });
  return { element: el("label", { class: "check" }, box, el("span", {}, label)), box };
}

function errorOf(id: string, control: Control, hasHint: boolean) {
  const element = el("p", { class: "field-error", id: `${id}-error`, hidden: true });
  const describe = (hasError: boolean) => {
    const ids = [hasHint && `${id}-hint`, hasError && element.id].filter(Boolean).join(" ");
    if (ids === "") control.removeAttribute("aria-describedby");
    else control.setAttribute("aria-describedby", ids);
  };
  describe(false);
  const show = (message: string | undefined) => {
    element.textContent = message ?? "";
    element.hidden = message === undefined;
    if (message === undefined) control.removeAttribute("aria-invalid");
    else control.setAttribute("aria-invalid", "true");
    describe(message !== undefined);
  };
  return { element, show };
}

/** The text of an error, if there is one. */
export function errorText(t: Translate, name: MessageName | undefined): string | undefined {
  return name === undefined ? undefined : t(name);
}
