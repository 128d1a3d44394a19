/**
 * The package runs in browsers: nothing that the browser's conditions lead to asks for Node.
 */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const IMPORT = /^\s*(?:import|export)\b(?:[^"';]*?\bfrom)?\s*"([^"]+)"/gm;

/** Every import of every file that `entry` leads to, as "file imports name". */
function importsFrom(entry: string): Map<string, string[]> {
  const imports = new Map<string, string[]>();
  const waiting = [join(ROOT, entry)];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (imports.has(file)) continue;
    const names = [...readFileSync(file, "utf8").matchAll(IMPORT)].map(([, name = ""]) => name);
    imports.set(file, names);
    for (const name of names) {
      if (name.startsWith(".") && name.endsWith(".ts")) waiting.push(join(dirname(file), name));
      if (name === "#sha256") waiting.push(join(ROOT, "src/crypto/sha256-portable.ts"));
    }
  }
  return imports;
}

test.each(["src/index.ts", "src/wire.ts"])("%s needs no Node in a browser", (entry) => {
  const imports = importsFrom(entry);
  expect(imports.size).toBeGreaterThan(15);
  for (const [file, names] of imports) {
    for (const name of names) {
      expect(name, relative(ROOT, file)).toMatch(
        /^(\.|#sha256$|@bufbuild\/protobuf|@noble\/hashes\/|jose$|zod$)/,
      );
    }
    const source = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    if (file.includes("/gen/")) continue;
    expect(source, relative(ROOT, file)).not.toMatch(/\b(Buffer|process|require|__dirname)\b/);
  }
});

test("the import map gives browsers the portable hash and Node its own", () => {
  const { imports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(imports["#sha256"].node.source).toBe("./src/crypto/sha256-node.ts");
  expect(imports["#sha256"].default.source).toBe("./src/crypto/sha256-portable.ts");
});
