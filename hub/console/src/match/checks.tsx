/** Groups of checkboxes of the form. @module */

import type { ReactNode } from "react";

export interface CheckGroupProps {
  readonly id: string;
  readonly legend: string;
  readonly hint?: string;
  readonly error: string | undefined;
  /** Whether it takes a row of the form for itself. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** Checkboxes under one name, with what is wrong beside it. */
export function CheckGroup(props: CheckGroupProps) {
  const { id, legend, hint, error, isWide = false, children } = props;
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <fieldset
      id={id}
      className={isWide ? "field field-wide" : "field"}
      aria-invalid={error === undefined ? undefined : true}
      aria-describedby={describedBy || undefined}
    >
      <legend>{legend}</legend>
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {children}
    </fieldset>
  );
}

export interface CheckProps {
  readonly label: string;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
}

/** A checkbox with its label, which is the target to hit. */
export function Check({ label, isChecked, onChange }: CheckProps) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={isChecked}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

/** The list with a value put in or taken out. */
export function withValue(list: readonly string[], value: string, isIn: boolean): string[] {
  const rest = list.filter((other) => other !== value);
  return isIn ? [...rest, value] : rest;
}
