import { defineConfig } from "vitest/config";

// "import" is not among them: Vitest hands them to Node, where `require` would then load modules instead of CommonJS.
const conditions = ["source", "node"];

/** Tests that boot processes, fill disks or open a browser stand in `<package>/test/`; the others beside their file. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: "forks",
    maxWorkers: 2,
    execArgv: ["--conditions=source"],
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["*/src/**/*.test.ts"], testTimeout: 30_000 },
      },
      {
        extends: true,
        test: {
          name: "whole",
          include: ["*/test/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Of processes and browsers on a busy machine; a condition that holds ends the wait at once.
          expect: { poll: { timeout: 60_000 } },
        },
      },
    ],
  },
});
