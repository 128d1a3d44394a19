/**
 * Answers of the hub. They are kept for a while, so that coming back shows at once what was there; and what was asked
 * before there was a component to show it is not asked again.
 *
 * @module
 */

import type { View } from "./view.tsx";

/** Answers that are kept; the oldest is forgotten first. */
const MAX_KEPT = 24;

const kept = new Map<string, unknown>();
/** Keys of kept answers that are shown until a newer one is there. */
const outdated = new Set<string>();
/** What was asked ahead and is not answered yet. */
const coming = new Map<string, Promise<unknown>>();

/** With what the hub is asked. */
export type Asker = Pick<View, "client" | "labels" | "hubUrl">;

export interface Question<T> {
  /** Names the question with everything that it depends on. */
  readonly key: string;
  readonly ask: (asker: Asker, signal: AbortSignal) => Promise<T>;
}

/** Asks what a component will want soon. Whoever shows it asks again where this fails, and tells of that. */
export function askAhead<T>({ key, ask }: Question<T>, asker: Asker): void {
  const answer = ask(asker, new AbortController().signal);
  coming.set(key, answer);
  const take = () => coming.get(key) === answer && coming.delete(key);
  answer.then((value) => take() && keepAnswer(key, value), take);
}

/** The answer that was asked ahead, for the one that keeps it. */
export function comingAnswer<T>(key: string): Promise<T> | undefined {
  const answer = coming.get(key) as Promise<T> | undefined;
  coming.delete(key);
  return answer;
}

/** Undefined where there is none, or no more. */
export function keptAnswer<T>(key: string): T | undefined {
  return kept.get(key) as T | undefined;
}

/** Whether there is an answer that need not be asked for again. */
export function hasNewAnswer(key: string): boolean {
  return kept.has(key) && !outdated.has(key);
}

export function keepAnswer(key: string, value: unknown): void {
  forgetAnswer(key);
  kept.set(key, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= MAX_KEPT) break;
    forgetAnswer(oldest);
  }
}

/** Has the next one that is there take its place. */
export function outdateAnswer(key: string): void {
  outdated.add(key);
}

export function forgetAnswer(key: string): void {
  outdated.delete(key);
  kept.delete(key);
}

/** Makes the next look a question to the hub again. @param prefix Only of keys that begin with it. */
export function forgetAnswers(prefix = ""): void {
  for (const key of kept.keys()) if (key.startsWith(prefix)) kept.delete(key);
  for (const key of coming.keys()) if (key.startsWith(prefix)) coming.delete(key);
}

/** How often everything was asked again, and who wants to hear of it. */
let askedAnew = 0;
const hearers = new Set<() => void>();

/** Asks everything that is shown again, without taking it away; what is not shown is asked when it is. */
export function askAnew(): void {
  coming.clear();
  for (const key of kept.keys()) outdated.add(key);
  askedAnew += 1;
  for (const hear of hearers) hear();
}

export function timesAskedAnew(): number {
  return askedAnew;
}

/** @returns How to end the hearing. */
export function hearOfAskAnew(hear: () => void): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}
