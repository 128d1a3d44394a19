import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";

const ROUNDS = 500;

test("several that put a folder to one place at the same time all succeed, and one of them is there whole", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tributary-put-"));
  try {
    const workers = ["x", "y", "z"].map(
      (name) =>
        new Worker(new URL("./put-folders.ts", import.meta.url), {
          workerData: { folder, name, rounds: ROUNDS },
        }),
    );
    const codes = await Promise.all(workers.map((worker) => once(worker, "exit")));
    expect(codes).toEqual([[0], [0], [0]]);
    expect(readdirSync(folder)).toEqual(["target"]);
    expect(readdirSync(join(folder, "target"))).toEqual(["a", "b"]);
    const [a, b] = ["a", "b"].map((file) => readFileSync(join(folder, "target", file), "utf8"));
    expect(a).toBe(b);
    expect(a).toMatch(new RegExp(`^[xyz] ${ROUNDS - 1}$`));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
