/** What the hub answers, as a component shows it: waited for, there, or failed. @module */

import { useEffect, useEffectEvent, useReducer, useState, useSyncExternalStore } from "react";
import {
  comingAnswer,
  forgetAnswer,
  hasNewAnswer,
  hearOfAskAnew,
  keepAnswer,
  keptAnswer,
  outdateAnswer,
  type Question,
  timesAskedAnew,
} from "./answers.ts";
import { useView } from "./view.tsx";

/** A placeholder that is shown for less is a flicker; ms. */
const SLOW_MS = 150;

export interface Asked<T> {
  /** The answer to the question; undefined while there is none, and when it failed. */
  readonly value: T | undefined;
  /** Undefined unless the question failed. */
  readonly error: unknown;
  /** Whether it takes so long that a placeholder helps. */
  readonly isSlow: boolean;
  /** Asks the hub again, without taking away what is shown. */
  readonly again: () => void;
}

/** {@link useAnswer} of a question that may have been asked before the component was there. */
export function useQuestion<T>({ key, ask }: Question<T>): Asked<T> {
  const view = useView();
  return useAnswer(key, (signal) => comingAnswer<T>(key) ?? ask(view, signal));
}

/**
 * Asks once a key; a question that is not wanted any more is cancelled.
 *
 * @param key Names the question with everything that it depends on.
 */
export function useAnswer<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Asked<T> {
  const [, show] = useReducer((n: number) => n + 1, 0);
  const [attempt, setAttempt] = useState(0);
  const [failure, setFailure] = useState<{ readonly key: string; readonly error: unknown }>();
  const [slowKey, setSlowKey] = useState("");
  const times = useSyncExternalStore(hearOfAskAnew, timesAskedAnew);
  const ask = useEffectEvent(load);
  const value = keptAnswer<T>(key);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is another question
  useEffect(() => {
    setFailure(undefined);
    if (hasNewAnswer(key)) {
      // One that was asked ahead may have come after the drawing.
      if (keptAnswer(key) !== value) show();
      return;
    }
    const asking = new AbortController();
    const timer = setTimeout(() => setSlowKey(key), SLOW_MS);
    ask(asking.signal)
      .then(
        (answer) => {
          if (asking.signal.aborted) return;
          keepAnswer(key, answer);
          show();
        },
        (error: unknown) => {
          if (asking.signal.aborted) return;
          forgetAnswer(key);
          setFailure({ key, error });
        },
      )
      .finally(() => {
        clearTimeout(timer);
        if (!asking.signal.aborted) setSlowKey("");
      });
    return () => {
      asking.abort();
      clearTimeout(timer);
    };
  }, [key, attempt, times]);

  return {
    value,
    error: failure?.key === key ? failure.error : undefined,
    isSlow: slowKey === key && value === undefined,
    again: () => {
      outdateAnswer(key);
      setAttempt((n) => n + 1);
    },
  };
}
