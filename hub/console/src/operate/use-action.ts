/** Something that an operator does, and what became of it. @module */

import { useState } from "react";

export interface Action<Input, Outcome> {
  readonly isBusy: boolean;
  /** Of the last time; undefined unless it failed. */
  readonly error: unknown;
  /** Of the last time; undefined unless it succeeded. */
  readonly outcome: Outcome | undefined;
  readonly run: (input: Input) => Promise<void>;
}

/** @param onDone Runs after it succeeded, for example to ask again for a list. */
export function useAction<Input, Outcome>(
  work: (input: Input) => Promise<Outcome>,
  onDone: (outcome: Outcome) => void = () => undefined,
): Action<Input, Outcome> {
  const [state, setState] = useState<Omit<Action<Input, Outcome>, "run">>({
    isBusy: false,
    error: undefined,
    outcome: undefined,
  });
  return {
    ...state,
    async run(input) {
      setState({ isBusy: true, error: undefined, outcome: undefined });
      try {
        const outcome = await work(input);
        setState({ isBusy: false, error: undefined, outcome });
        onDone(outcome);
      } catch (error) {
        setState({ isBusy: false, error, outcome: undefined });
      }
    },
  };
}
