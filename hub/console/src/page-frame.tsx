/** What pages of one question have in common: a place in the document, a title, and their problem. @module */

import type { ReactNode } from "react";
import { type PageState, START } from "./page-state.ts";
import { Problem } from "./problem.tsx";
import type { Asked } from "./use-answer.ts";
import { useTitle } from "./use-title.ts";

export interface PageFrameProps {
  readonly title: string;
  readonly intro?: string | undefined;
  readonly children: ReactNode;
}

/** The main part of a page with its heading. */
export function PageFrame({ title, intro, children }: PageFrameProps) {
  useTitle(title);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <h1 tabIndex={-1}>{title}</h1>
      {intro !== undefined && intro !== "" && <p className="hint">{intro}</p>}
      {children}
    </main>
  );
}

export interface AnswerProps<T> {
  readonly asked: Asked<T>;
  /** What is said while the hub is asked. */
  readonly waiting: string;
  readonly startOver?: PageState;
  readonly children: (value: T) => ReactNode;
}

/** An answer where it is there; else that it is waited for, or why it failed. */
export function Answer<T>({ asked, waiting, startOver = START, children }: AnswerProps<T>) {
  if (asked.error !== undefined) {
    return <Problem error={asked.error} onRetry={asked.again} startOver={startOver} />;
  }
  if (asked.value === undefined) return <p role="status">{waiting}</p>;
  return children(asked.value);
}
