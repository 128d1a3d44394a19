/** Puts the page into its document. @module */

import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { Asker } from "./answers.ts";
import { App } from "./app.tsx";
import { PROVIDER_PROPS } from "./theme.ts";

export function show(container: HTMLElement, asker: Asker): void {
  createRoot(container).render(
    <StrictMode>
      <MantineProvider {...PROVIDER_PROPS}>
        <App asker={asker} />
      </MantineProvider>
    </StrictMode>,
  );
}
