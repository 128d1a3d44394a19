/** The vocabulary, for components that cannot do without it. @module */

import { useAnswer } from "./use-answer.ts";
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
