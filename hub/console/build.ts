/**
 * Builds the page into `hub/console/dist`, unless what is there was built from the same sources.
 *
 * Run: node --conditions=source hub/console/build.ts
 *
 * @module
 */

import { createHash, randomUUID } from "node:crypto";
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build, type Plugin } from "vite";
import { putFolder } from "./put-folder.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where the page is built to. */
export const CONSOLE_DIST: string = join(here, "dist");

/** In `dist`: names what it was built from. */
const STAMP = ".built-from";

/** What runs before the rest of the page is there. */
const BEGIN =
  /\/console\/src\/(main|first-paint|headings|heading-messages|choose-language|pages|page-state|stored|views|match\/demand-state)\.ts$/;

/** What asks the hub. */
const ASK =
  /\/(proto|sdk)\/src\/|\/node_modules\/@(bufbuild|connectrpc|noble)\/|\/console\/src\/(answers|ask|labels|record-fields|search-question|match\/match-question)\.ts$/;

const REACT = /\/node_modules\/(react|react-dom|scheduler)\//;

/** Everything that the page is made of; the lock file stands for the libraries. */
const SOURCES = [
  "hub/console/{index.html,build.ts,put-folder.ts,src/**/*,public/**/*}",
  "sdk/{package.json,src/**/*.ts}",
  "proto/{package.json,src/**/*}",
  "package-lock.json",
];

/**
 * Builds where needed, also while other processes do.
 *
 * @returns True if something was built.
 */
export async function buildConsole(): Promise<boolean> {
  const digest = digestSources();
  if (isBuiltFrom(digest)) return false;
  const fresh = join(here, ".cache", randomUUID());
  await build({
    configFile: false,
    root: here,
    // Relative: a hub may serve the page below a path.
    base: "./",
    logLevel: "warn",
    plugins: [preloadsOf("src/ask.ts", "src/show.tsx")],
    // Also where the environment says something else, as in a test run: the libraries' development versions are slow.
    define: { "process.env.NODE_ENV": JSON.stringify("production") },
    oxc: { jsx: { development: false } },
    // A browser reads a large table several times as fast from a string as from a script.
    json: { stringify: true, namedExports: false },
    resolve: { conditions: ["source", "browser", "module", "import", "default"] },
    build: {
      outDir: fresh,
      emptyOutDir: true,
      target: "es2022",
      // Neither inline scripts nor data: URLs, so that the page works under a strict Content-Security-Policy.
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      // What visitors load is bounded in compressed bytes, by a test.
      chunkSizeWarningLimit: 1_000,
      rolldownOptions: {
        input: [join(here, "index.html"), join(here, "src/ask.ts"), join(here, "src/show.tsx")],
        output: {
          codeSplitting: {
            groups: [
              // What decides what else is fetched comes first and alone; what every page has comes in one file.
              { name: "begin", test: BEGIN, priority: 2 },
              // What asks the hub is read before what shows its answer.
              { name: "ask", test: ASK, tags: ["$initial"], priority: 1 },
              // Kept by a browser when the page changes and its library does not.
              { name: "react", test: REACT, tags: ["$initial"], priority: 1 },
              { name: "page", tags: ["$initial"] },
              // A request costs more than the few kilobytes that a page has no use for.
              { name: "parts", minShareCount: 2 },
            ],
          },
        },
        // Mantine's modules say "use client", which means nothing outside of server components.
        onLog: (level, log, report) => {
          if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
        },
      },
    },
  });
  compress(fresh);
  writeFileSync(join(fresh, STAMP), digest);
  // What another process has put there meanwhile is the same, and may be in use already.
  if (isBuiltFrom(digest)) rmSync(fresh, { recursive: true });
  else putFolder(fresh, CONSOLE_DIST);
  return true;
}

function isBuiltFrom(digest: string): boolean {
  const stamp = join(CONSOLE_DIST, STAMP);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
}

/** Puts compressed forms beside the files of a folder, which the hub sends to who accepts them. */
function compress(folder: string): void {
  for (const name of globSync("**/*.{css,html,js,svg}", { cwd: folder })) {
    const file = join(folder, name);
    const bytes = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(bytes));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

/**
 * Has the document ask at once for modules that its entry imports later, and for all that these need. Only what begins
 * is run: the rest would keep the browser busy before it has painted.
 */
function preloadsOf(...modules: readonly string[]): Plugin {
  return {
    name: "preloads",
    transformIndexHtml: {
      order: "post",
      handler: (html, { bundle = {} }) => {
        const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
        const paths = modules.map((module) => join(here, module));
        const wanted = chunks.filter(({ facadeModuleId }) => paths.includes(facadeModuleId ?? ""));
        const files = new Set(wanted.map(({ fileName }) => fileName));
        for (const file of files) {
          const chunk = chunks.find(({ fileName }) => fileName === file);
          for (const needed of chunk?.imports ?? []) files.add(needed);
        }
        const begin = chunks.find(({ name }) => name === "begin")?.fileName ?? "";
        const run = /<script type="module" crossorigin src="\.\/([^"]+)"><\/script>/g;
        const tags = [...files]
          .map((file) => `./${file}`)
          .filter((href) => !html.includes(href))
          .map((href) => ({
            tag: "link",
            attrs: { rel: "modulepreload", crossorigin: true, href },
            injectTo: "head" as const,
          }));
        const rest = html.replaceAll(run, (tag, file: string) =>
          file === begin ? tag : `<link rel="modulepreload" crossorigin href="./${file}">`,
        );
        return { html: rest, tags };
      },
    },
  };
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
