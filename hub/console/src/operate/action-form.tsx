/** A form of an operator: fields, a button, what went wrong, what became of it, and the same as code. @module */

import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Section } from "../terms.tsx";
import { AsCode, type AsCodeProps } from "./as-code.tsx";
import { Failure } from "./failure.tsx";
import type { Action } from "./use-action.ts";

export interface ActionFormProps<Outcome> extends AsCodeProps {
  readonly title: string;
  readonly hint?: string;
  /** Fields. */
  readonly children: ReactNode;
  /** Text of the button. */
  readonly submit: string;
  /** Whether the fields are filled so far that the hub can be asked. */
  readonly isReady?: boolean;
  readonly action: Action<undefined, Outcome>;
  /** What is shown after it succeeded. */
  readonly outcome: (outcome: Outcome) => ReactNode;
}

export function ActionForm<Outcome>(props: ActionFormProps<Outcome>) {
  const { title, hint, children, submit, isReady = true, action, outcome, cli, sdk } = props;
  return (
    <Section title={title}>
      {hint !== undefined && <p className="hint">{hint}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(undefined);
        }}
      >
        <div className="field-grid">{children}</div>
        <Failure error={action.error} />
        <p className="form-actions">
          <Button type="submit" disabled={action.isBusy || !isReady}>
            {submit}
          </Button>
        </p>
      </form>
      {action.outcome !== undefined && outcome(action.outcome)}
      <AsCode cli={cli} sdk={sdk} />
    </Section>
  );
}
