/**
 * The program `tributary-hub`: argv to exit status.
 *
 * @module
 */

import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Half the time of a start. Beside the code, so that who can write there could change the code as well.
const cache = fileURLToPath(new URL("../node_modules/.cache", import.meta.url));
enableCompileCache(cache);
// Threads look here alone.
process.env["NODE_COMPILE_CACHE"] ??= cache;
const { runCli } = await import("./cli/cli.ts");
const { processIo } = await import("./cli/process-io.ts");

process.exitCode = await runCli(process.argv.slice(2), processIo(process.env));
