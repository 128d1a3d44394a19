/** What pages of one question have in common: a place in the document, a title, and their problem. @module */

import type { ReactNode } from "react";
import { type Heading, headingOf } from "./headings.ts";
import { type PageState, START } from "./page-state.ts";
import { Problem } from "./problem.tsx";
import type { Asked } from "./use-answer.ts";
import { useTitle } from "./use-title.ts";
import { useView } from "./view.tsx";

export interface PageFrameProps {
  readonly heading: Heading;
  /** Default: those of the heading. */
  readonly title?: string | undefined;
  readonly lead?: string | undefined;
  readonly children: ReactNode;
}

/** The main part of a page with its heading. */
export function PageFrame({ heading, title, lead, children }: PageFrameProps) {
  const { t } = useView();
  const say = (name: Heading["title"]) => (name === undefined ? "" : t(name));
  const shown = title || say(heading.title);
  useTitle(shown);
  return (
    <main id="main" className={heading.frame ?? "page"} tabIndex={-1}>
      <PageHead title={shown} lead={lead ?? say(heading.lead)} />
      {children}
    </main>
  );
}

export interface PageHeadProps {
  readonly title: string;
  readonly lead: string;
}

/** What is called so, and what it is for; `first-paint.ts` draws the same. */
export function PageHead({ title, lead }: PageHeadProps) {
  return (
    <>
      {title !== "" && <h1 tabIndex={-1}>{title}</h1>}
      {lead !== "" && <p className="lead">{lead}</p>}
    </>
  );
}

/** What stands for a page whose code is on its way. */
export function ComingPage({ state }: { readonly state: PageState }) {
  const { language } = useView();
  const { frame, title, lead } = headingOf(state, language);
  return (
    <main id="main" className={frame} tabIndex={-1} aria-busy="true">
      <PageHead title={title} lead={lead} />
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
