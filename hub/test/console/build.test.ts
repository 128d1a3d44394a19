import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { buildConsole, CONSOLE_DIST } from "../../console/build.ts";

const ASSETS = join(CONSOLE_DIST, "assets");

beforeAll(async () => {
  await buildConsole();
}, 120_000);

test("the page is made of the libraries' production versions, also where a test builds it", () => {
  const scripts = readdirSync(ASSETS).filter((name) => name.endsWith(".js"));
  const strange = scripts.filter((name) => /jsxDEV|stack_bottom_frame/.test(read(name).toString()));
  expect(scripts.length).toBeGreaterThan(10);
  expect(strange).toEqual([]);
});

test("each script and style has compressed forms that read back", () => {
  const names = readdirSync(ASSETS).filter((name) => /\.(js|css)$/.test(name));
  for (const name of names) {
    expect(gunzipSync(read(`${name}.gz`)).equals(read(name)), name).toBe(true);
    expect(brotliDecompressSync(read(`${name}.br`)).equals(read(name)), name).toBe(true);
  }
});

test("only what paints first and decides what is fetched next is run by the document; the rest is fetched beside it", () => {
  const document = readFileSync(join(CONSOLE_DIST, "index.html"), "utf8");
  const all = (pattern: RegExp) => [...document.matchAll(pattern)].map(([, name]) => name ?? "");
  const run = all(/<script[^>]*src="\.\/assets\/([^"]+)"/g);
  expect(run).toEqual([expect.stringMatching(/^begin-/)]);
  expect(read(run[0] ?? "").length).toBeLessThan(30_000);
  const fetched = all(/rel="modulepreload"[^>]*href="\.\/assets\/([^"]+)"/g);
  for (const name of ["ask", "react", "page"]) {
    expect(fetched).toContainEqual(expect.stringMatching(`^${name}-`));
  }
});

test("a question to the hub waits for nothing that shows its answer", () => {
  const ask = readdirSync(ASSETS).find((name) => /^ask-.*\.js$/.test(name)) ?? "";
  const needed = [
    ...read(ask)
      .toString()
      .matchAll(/(?:from|import)\s*"\.\/([a-z]+)/g),
  ];
  expect(needed.map(([, name]) => name)).toEqual(["begin"]);
});

function read(name: string): Buffer {
  return readFileSync(join(ASSETS, name));
}
