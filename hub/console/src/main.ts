/**
 * The page of a hub: visitors search the shared index, read and verify records, and find providers; operators do their
 * work. It talks to the hub it came from, through the SDK only.
 *
 * This begins small, so that what the address shows is fetched at once beside all the rest.
 *
 * @module
 */

import "./mantine.css";
import "./page.css";
import "./match/match.css";
import { parsePageState } from "./page-state.ts";
import { beginLoading } from "./pages.ts";
import { fetchStored } from "./stored.ts";

beginLoading(parsePageState(location.search + location.hash));
fetchStored();
const container = document.getElementById("app");
if (container === null) throw new TypeError("index.html has no #app");
// Not awaited: the rest of the page imports modules of this file's chunk, and would wait for it.
void import("./show.tsx").then(({ show }) => show(container));
