/**
 * The page of a hub: visitors search the shared index, read and verify records, and find providers; operators do their
 * work. It talks to the hub it came from, through the SDK only.
 *
 * @module
 */

import "./mantine.css";
import "./page.css";
import "./match/match.css";
import { MantineProvider } from "@mantine/core";
import { createClient } from "@tributary/sdk";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { PROVIDER_PROPS } from "./theme.ts";

const hubUrl = new URL(".", location.href).href.replace(/\/$/, "");
const container = document.getElementById("app");
if (container === null) throw new TypeError("index.html has no #app");

createRoot(container).render(
  <StrictMode>
    <MantineProvider {...PROVIDER_PROPS}>
      <App client={createClient({ url: hubUrl })} hubUrl={hubUrl} />
    </MantineProvider>
  </StrictMode>,
);
