/**
 * The package as a bundler for browsers sees it.
 */

import { gzipSync } from "node:zlib";
import { build, type Rollup } from "vite";
import { describe, expect, test } from "vitest";

/** Bundles a module that imports from the sources of this package, minified, as an application would. */
async function bundle(code: string): Promise<readonly Rollup.OutputChunk[]> {
  const entry = "virtual:entry";
  const result = (await build({
    configFile: false,
    logLevel: "error",
    root: import.meta.dirname,
    resolve: { conditions: ["source", "browser", "module", "import", "default"] },
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === entry ? `${import.meta.dirname}/entry.js` : null),
        load: (id) => (id === `${import.meta.dirname}/entry.js` ? code : null),
      },
    ],
    build: {
      write: false,
      modulePreload: false,
      rollupOptions: { input: entry, preserveEntrySignatures: "strict" },
    },
  })) as Rollup.RollupOutput;
  return result.output.filter((output) => output.type === "chunk");
}

function gzipBytes(chunks: readonly Rollup.OutputChunk[]): number {
  return chunks.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
}

describe("a browser bundle", () => {
  test("of everything is below 69 kB compressed, without Node's modules, gRPC and zod", async () => {
    const chunks = await bundle('export * from "@tributary/sdk";');
    const modules = chunks.flatMap(({ modules }) => Object.keys(modules));
    const bytes = gzipBytes(chunks);
    console.log(`@tributary/sdk in a browser: ${bytes} bytes compressed`);
    expect(bytes).toBeLessThan(69_000);
    expect(chunks.flatMap(({ imports }) => imports)).toEqual([]);
    expect(chunks.map(({ code }) => code).join("")).not.toMatch(
      /["'`]node:|__vite-browser-external/,
    );
    expect(modules.filter((id) => /@grpc|\/zod\/|vocabulary|sha256-node/.test(id))).toEqual([]);
    expect(modules.some((id) => id.endsWith("sdk/src/browser.ts"))).toBe(true);
  });

  test("of one function holds little else: importing has no side effects", async () => {
    const highlight = await bundle('export { highlightHtml } from "@tributary/sdk";');
    expect(gzipBytes(highlight)).toBeLessThan(1_500);
    const nothing = await bundle('import "@tributary/sdk"; import "@tributary/sdk/vocabulary";');
    expect(gzipBytes(nothing)).toBeLessThan(200);
  });

  test("of the operator's side is apart", async () => {
    const visitor = await bundle('export * from "@tributary/sdk";');
    const operator = await bundle(
      'export * from "@tributary/sdk"; export * from "@tributary/sdk/operator";',
    );
    const bytes = gzipBytes(operator) - gzipBytes(visitor);
    console.log(`@tributary/sdk/operator in a browser: ${bytes} bytes compressed more`);
    expect(bytes).toBeLessThan(10_500);
    expect(visitor.flatMap(({ modules }) => Object.keys(modules)).join()).not.toMatch(
      /curation_service|sdk\/src\/operator/,
    );
  });

  test("of the vocabulary is apart", async () => {
    const chunks = await bundle('export { labelOf } from "@tributary/sdk/vocabulary";');
    const bytes = gzipBytes(chunks);
    console.log(`@tributary/sdk/vocabulary in a browser: ${bytes} bytes compressed`);
    expect(bytes).toBeLessThan(100_000);
  });
});
