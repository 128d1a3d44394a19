/**
 * The program `tributary-hub`: argv to exit status.
 *
 * @module
 */

import { runCli } from "./cli/cli.ts";
import { processIo } from "./cli/process-io.ts";

process.exitCode = await runCli(process.argv.slice(2), processIo(process.env));
