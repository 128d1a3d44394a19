/**
 * Builds the page into `hub/console/dist`, unless what is there was built from the same sources.
 *
 * Run: node --conditions=source hub/console/build.ts
 *
 * @module
 */

import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where the page is built to. */
export const CONSOLE_DIST: string = join(here, "dist");

/** Names what `dist` was built from. */
const STAMP = join(CONSOLE_DIST, ".built-from");

/** Everything that the page is made of; the lock file stands for the libraries. */
const SOURCES = [
  "hub/console/{index.html,build.ts,src/**/*,public/**/*}",
  "sdk/{package.json,src/**/*.ts}",
  "proto/{package.json,src/**/*}",
  "package-lock.json",
];

/** Builds where needed. @returns True if something was built. */
export async function buildConsole(): Promise<boolean> {
  const digest = digestSources();
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === digest) return false;
  await build({
    configFile: false,
    root: here,
    // Relative: a hub may serve the page below a path.
    base: "./",
    logLevel: "warn",
    resolve: { conditions: ["source", "browser", "module", "import", "default"] },
    build: {
      outDir: CONSOLE_DIST,
      emptyOutDir: true,
      target: "es2022",
      // Neither inline scripts nor data: URLs, so that the page works under a strict Content-Security-Policy.
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      // What visitors load is bounded in compressed bytes, by a test.
      chunkSizeWarningLimit: 1_000,
      rolldownOptions: {
        // Mantine's modules say "use client", which means nothing outside of server components.
        onLog: (level, log, report) => {
          if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
        },
      },
    },
  });
  writeFileSync(STAMP, digest);
  return true;
}

function digestSources(): string {
  const hash = createHash("sha256");
  const files = globSync(SOURCES, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(test|contract)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    const bytes = readFileSync(file);
    hash.update(`${file.slice(root.length)}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

if (import.meta.main) {
  const startedAtMs = performance.now();
  const isBuilt = await buildConsole();
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.error(isBuilt ? `built ${CONSOLE_DIST} in ${seconds} s` : "the page is up to date");
}
