/**
 * The public page of a hub: searches the shared index, shows records, verifies them. It talks to the hub it came from,
 * through the SDK only.
 *
 * @module
 */

import { createClient } from "@tributary/sdk";
import { App } from "./app.ts";

const hubUrl = new URL(".", location.href).href.replace(/\/$/, "");
const container = document.getElementById("app");
if (container === null) throw new TypeError("index.html has no #app");

new App(container, createClient({ url: hubUrl }), hubUrl).start();
