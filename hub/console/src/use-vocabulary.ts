/** The vocabulary, for components that cannot do without it. @module */

import { type Asked, useAnswer } from "./use-answer.ts";
import { useView } from "./view.tsx";

export interface VocabularyState {
  /** True from when on `labels.vocabulary` may be used. */
  readonly isLoaded: boolean;
  readonly error: unknown;
  readonly again: () => void;
}

/** Loads the vocabulary once; it is larger than the rest of the page. */
export function useVocabulary(): VocabularyState {
  const { labels } = useView();
  const { error, again } = useAnswer("vocabulary", () => labels.load().then(() => true));
  return { isLoaded: labels.isLoaded, error, again };
}

/** {@link useAnswer} for what is shown with labels: the answer is there when the vocabulary is, too. */
export function useLabelledAnswer<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
): Asked<T> {
  const { labels } = useView();
  return useAnswer(key, async (signal) => {
    const [answer] = await Promise.all([load(signal), labels.load()]);
    return answer;
  });
}
