/** What stands in place of a page that broke. @module */

import { Component, type ReactNode } from "react";
import { START } from "./page-state.ts";
import { Problem } from "./problem.tsx";

export interface PageBoundaryProps {
  /** Names what is shown; another one is another chance. */
  readonly shown: string;
  readonly children: ReactNode;
}

interface State {
  readonly error: unknown;
}

/** Shows a defect of a page, or that its code could not be loaded, and leaves the rest of the frame usable. */
export class PageBoundary extends Component<PageBoundaryProps, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override componentDidUpdate({ shown }: PageBoundaryProps): void {
    if (shown !== this.props.shown && this.state.error !== undefined) {
      this.setState({ error: undefined });
    }
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    // Code that could not be loaded is asked for again by loading the page.
    return (
      <main id="main" tabIndex={-1}>
        <Problem error={error} onRetry={() => location.reload()} startOver={START} />
      </main>
    );
  }
}
