import { defineConfig } from "vitest/config";

const conditions = ["source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["*/{src,test}/**/*.test.ts", ".tools/**/*.test.ts"],
    pool: "forks",
    execArgv: ["--conditions=source"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
