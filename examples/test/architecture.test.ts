import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What every test and every script around the code may use. */
const TEST_TOOLS = "vitest|vitest/node|fast-check|playwright-core|@axe-core/playwright";

/**
 * The import table of ARCHITECTURE.md: which files may import what. Relative imports are matched by their path in the
 * repository. The first matching row decides; a file without a row fails.
 */
const RULES: readonly (readonly [file: RegExp, mayImport: RegExp])[] = [
  [/^\.tools\//, /^(node:|vitest|\.tools\/)/],
  [/^node-agent\/bin\//, /^node-agent\/bin\//],
  [/^vitest\.config\.ts$/, /^vitest/],
  [/^(hub|node-agent|sdk|proto|examples)\/(bench|eval|test|drill)\//, /./],

  [/^proto\/vectors\//, /^(node:|jose$|@noble\/|@bufbuild\/protobuf|@tributary\/proto|proto\/)/],
  [
    /^proto\/src\/.*\.test\.ts$/,
    new RegExp(`^(node:|${TEST_TOOLS}|@bufbuild/protobuf|jose$|zod$|proto/)`),
  ],
  [/^proto\/src\/crypto\/sha256-node\.ts$/, /^(node:crypto$|proto\/src\/)/],
  [/^proto\/src\//, /^(@bufbuild\/protobuf|@noble\/hashes|jose$|zod$|#sha256$|proto\/src\/)/],

  [
    /^sdk\/src\/.*\.test\.ts$/,
    new RegExp(`^(node:|${TEST_TOOLS}|@bufbuild/|@connectrpc/|@grpc/|@tributary/proto|sdk/)`),
  ],
  [
    /^sdk\/src\/node(-[a-z-]+)?\.ts$/,
    /^(@grpc\/grpc-js$|@bufbuild\/protobuf|@connectrpc\/connect(-web)?$|@tributary\/proto|sdk\/src\/)/,
  ],
  [
    /^sdk\/src\//,
    /^(@bufbuild\/protobuf|@connectrpc\/connect(-web)?(\/|$)|@tributary\/proto|sdk\/src\/)/,
  ],

  ...domainRules(
    "hub",
    "log|ingest|members|catalog|index|match|insight|api",
    "opencc-js|@node-rs/jieba|pinyin-pro|zod",
  ),
  [/^hub\/src\/(start(-[a-z-]+)?|config|main)\.ts$/, /^(node:|zod$|@tributary\/proto|hub\/src\/)/],
  [/^hub\/src\/threads\//, /^(node:|@tributary\/proto|hub\/src\/)/],
  [/^hub\/console\/(build|put-folder)\.ts$/, /^(node:|vite$|hub\/console\/put-folder\.ts$)/],
  [
    /^hub\/console\//,
    /^(react(-dom\/client)?$|@mantine\/(core|hooks)$|@tanstack\/react-virtual$|@tributary\/sdk(\/(vocabulary|operator|collections))?$|hub\/console\/)/,
  ],

  ...domainRules(
    "node-agent",
    "sources|mapping|report|privacy|feed|publish|mirror|sync",
    "zod|yaml|croner",
  ),
  [
    /^node-agent\/src\/ui\//,
    /^(@tributary\/proto(\/vocabulary)?$|node-agent\/src\/(ui|cli|ports|sources|mapping|report|privacy|sync)\/)/,
  ],
  [
    /^node-agent\/src\/(start|start-hub|start-outcomes|start-plans|start-witness|config|main)\.ts$/,
    /^(node:|zod$|yaml$|@tributary\/proto|node-agent\/src\/)/,
  ],

  [/^examples\//, /^(node:|exceljs$|@tributary\/(sdk|examples)|examples\/)/],
];

/** Rows that hub and node-agent share: domain, ports, adapters, command line. */
function domainRules(packageName: string, domains: string, libraries: string) {
  const own = (folders: string) => `${packageName}/src/(${folders})/`;
  const proto = "@tributary/proto(/base|/vocabulary)?$";
  return [
    [
      new RegExp(`^${packageName}/src/.*\\.(test|contract)\\.ts$`),
      new RegExp(
        `^(node:|${TEST_TOOLS}|${libraries}|@tributary/proto|level$|exceljs$|@e965/xlsx$|@grpc/grpc-js$|grpc-health-check$|jose$|@bufbuild/protobuf|fastify$|${packageName}/)`,
      ),
    ],
    [
      new RegExp(`^${own(domains)}`),
      new RegExp(`^(${proto}|(${libraries})(/|$)|${own(`${domains}|ports`)})`),
    ],
    [new RegExp(`^${own("ports")}`), new RegExp(`^(zod$|${proto}|${own(`ports|${domains}`)})`)],
    [
      new RegExp(`^${own("adapters")}`),
      new RegExp(`^(node:|@tributary/proto|@?[a-z]|${own(`ports|adapters|${domains}`)})`),
    ],
    [
      new RegExp(`^${own("cli")}`),
      new RegExp(
        `^(node:|commander$|cli-table3$|@clack/prompts$|yaml$|zod$|@bufbuild/protobuf$|@tributary/proto|${packageName}/src/)`,
      ),
    ],
  ] as const;
}

/** Outside libraries that several adapters may share without being "their" library. */
const SHARED_LIBRARIES = /^(node:|zod$|pino$|@tributary\/|@bufbuild\/)/;

/** One library may come as a family of packages. */
const LIBRARY_FAMILIES: readonly RegExp[] = [
  /^(@grpc\/|grpc-health-check$)/,
  /^@nats-io\//,
  /^(fastify$|@fastify\/|@connectrpc\/)/,
  /^(exceljs$|@e965\/xlsx$)/,
  /^(@peculiar\/x509$|reflect-metadata$)/,
];

const IMPORT = /^\s*(?:import|export)\b(?:[^"';]*?\bfrom)?\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

const sources = globSync("{.tools,proto,hub,node-agent,sdk,examples}/**/*.{ts,tsx}", {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|dist|gen|\.demo)(\/|$)/.test(path),
})
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => !/(^|\/)(node_modules|dist|gen)\//.test(file))
  .sort();

function importsOf(file: string): string[] {
  return importsIn(readFileSync(`${root}${file}`, "utf8"), file);
}

/** Modules that are there when the file runs: not those of which it names types alone. */
function valuesImportedBy(file: string): string[] {
  const text = readFileSync(`${root}${file}`, "utf8");
  return importsIn(text.replaceAll(/^(?:import|export) type\b[^"]*"[^"]+";/gm, ""), file);
}

function importsIn(text: string, file: string): string[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const name = (match[1] ?? match[2]) as string;
    return name.startsWith(".") ? posix.join(posix.dirname(file), name) : name;
  });
}

describe("the architecture", () => {
  test.each(sources)("%s imports only what its layer may", (file) => {
    const rule = RULES.find(([pattern]) => pattern.test(file));
    expect(rule, `no row of the import table covers ${file}`).toBeDefined();
    const forbidden = importsOf(file).filter((name) => !rule?.[1].test(name));
    expect(forbidden).toEqual([]);
  });

  test.each(
    sources.filter((file) => /\/adapters\//.test(file) && !/\.(test|contract)\.ts$/.test(file)),
  )("%s uses one outside library", (file) => {
    const libraries = importsOf(file)
      .filter((name) => !/^(hub|node-agent)\//.test(name) && !SHARED_LIBRARIES.test(name))
      .map((name) => LIBRARY_FAMILIES.findIndex((family) => family.test(name)) + 1 || name);
    expect(new Set(libraries).size, libraries.join(", ")).toBeLessThanOrEqual(1);
  });

  test("hub, node-agent and sdk never import each other", () => {
    const packages = ["hub", "node-agent", "sdk"];
    const crossings = sources
      .filter((file) => /^(hub\/src|node-agent\/src|sdk\/src)\//.test(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((name) =>
            packages.some(
              (other) =>
                !file.startsWith(`${other}/`) &&
                (name.startsWith(`${other}/`) || name.startsWith(`@tributary/${other}`)),
            ),
          )
          .map((name) => `${file} -> ${name}`),
      );
    expect(crossings).toEqual([]);
  });

  test("only clock.ts reads the time and only configuration reads the environment", () => {
    const offenders = sources.filter(
      (file) =>
        /^(proto|hub|node-agent|sdk)\/src\//.test(file) &&
        !/\.(test|contract)\.ts$/.test(file) &&
        !/(^proto\/src\/clock\.ts|\/src\/(config|main|start|start-hub|start-outcomes|start-plans|start-witness|cli\/process-io)\.ts)$/.test(
          file,
        ) &&
        /\bDate\.now\(|\bMath\.random\(|\bprocess\.env\b/.test(
          readFileSync(`${root}${file}`, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ""),
        ),
    );
    expect(offenders).toEqual([]);
  });

  test.each(["index-query", "index-writer", "index-segments"])(
    "the thread %s, for which a start waits, loads no schemas",
    (thread) => {
      const loaded = new Set([`hub/src/threads/${thread}.ts`]);
      for (const file of loaded) {
        for (const name of valuesImportedBy(file)) {
          expect(`${file} imports ${name}`).not.toMatch(/@tributary\/proto(\/wire|\/grpc)?$|zod$/);
          if (name.startsWith("hub/")) loaded.add(name);
        }
      }
      expect(loaded.size).toBeGreaterThan(5);
    },
  );

  test("the top level has the five folders of the architecture and no other", () => {
    const folders = new Set(
      globSync("*/", { cwd: root })
        .map((name) => name.replace(/[/\\]$/, ""))
        .filter((name) => !name.includes(".") && !["node_modules", "LICENSE"].includes(name)),
    );
    expect([...folders].sort()).toEqual(["examples", "hub", "node-agent", "proto", "sdk"]);
  });
});
