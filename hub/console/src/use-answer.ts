/**
 * What the hub answers, as a component shows it: waited for, there, or failed. Answers are kept for a while, so that
 * coming back shows at once what was there.
 *
 * @module
 */

import { useEffect, useEffectEvent, useReducer, useState, useSyncExternalStore } from "react";

/** Answers that are kept; the oldest is forgotten first. */
const MAX_KEPT = 24;
/** A placeholder that is shown for less is a flicker; ms. */
const SLOW_MS = 150;

const kept = new Map<string, unknown>();
/** Keys of kept answers that are shown until a newer one is there. */
const outdated = new Set<string>();

/** Makes the next look a question to the hub again. @param prefix Only of keys that begin with it. */
export function forgetAnswers(prefix = ""): void {
  for (const key of kept.keys()) if (key.startsWith(prefix)) kept.delete(key);
}

/** How often everything was asked again, and who wants to hear of it. */
let askedAnew = 0;
const hearers = new Set<() => void>();

/** Asks everything that is shown again, without taking it away; what is not shown is asked when it is. */
export function askAnew(): void {
  for (const key of kept.keys()) outdated.add(key);
  askedAnew += 1;
  for (const hear of hearers) hear();
}

function hearOfAskAnew(hear: () => void): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

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

/**
 * Asks once a key; a question that is not wanted any more is cancelled.
 *
 * @param key Names the question with everything that it depends on.
 * @param round Asks again when it changes, though the key is the same.
 */
export function useAnswer<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  round = 0,
): Asked<T> {
  const [, show] = useReducer((n: number) => n + 1, 0);
  const [attempt, setAttempt] = useState(0);
  const [failure, setFailure] = useState<{ readonly key: string; readonly error: unknown }>();
  const [slowKey, setSlowKey] = useState("");
  const times = useSyncExternalStore(hearOfAskAnew, () => askedAnew);
  const ask = useEffectEvent(load);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round or attempt is another question
  useEffect(() => {
    setFailure(undefined);
    if (kept.has(key) && !outdated.has(key)) return;
    const asking = new AbortController();
    const timer = setTimeout(() => setSlowKey(key), SLOW_MS);
    ask(asking.signal)
      .then(
        (value) => {
          if (asking.signal.aborted) return;
          keep(key, value);
          show();
        },
        (error: unknown) => {
          if (asking.signal.aborted) return;
          kept.delete(key);
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
  }, [key, round, attempt, times]);

  return {
    value: kept.get(key) as T | undefined,
    error: failure?.key === key ? failure.error : undefined,
    isSlow: slowKey === key && !kept.has(key),
    again: () => {
      outdated.add(key);
      setAttempt((n) => n + 1);
    },
  };
}

function keep(key: string, value: unknown): void {
  outdated.delete(key);
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= MAX_KEPT) break;
    kept.delete(oldest);
  }
}
