/** Puts the page into its document. @module */

import { MantineProvider } from "@mantine/core";
import { createClient } from "@tributary/sdk";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { PROVIDER_PROPS } from "./theme.ts";

export function show(container: HTMLElement): void {
  const hubUrl = new URL(".", location.href).href.replace(/\/$/, "");
  createRoot(container).render(
    <StrictMode>
      <MantineProvider {...PROVIDER_PROPS}>
        <App client={createClient({ url: hubUrl })} hubUrl={hubUrl} />
      </MantineProvider>
    </StrictMode>,
  );
}
