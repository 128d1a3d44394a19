/** Parts that pages about one thing share: titled sections, terms with descriptions. @module */

import type { ReactNode } from "react";

interface SectionProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** A titled part of a page. */
export function Section({ title, children }: SectionProps) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Terms with what is said about them; those without anything are left out. */
export function TermList({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="fields">
      {rows
        .filter(([, value]) => value !== undefined)
        .map(([term, value]) => (
          <TermRow key={term} term={term}>
            {value}
          </TermRow>
        ))}
    </dl>
  );
}

/** One term and its description, as children of a `dl`. */
export function TermRow({
  term,
  children,
}: {
  readonly term: string;
  readonly children: ReactNode;
}) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}
