import { testAnalyzer } from "../../test/support/open-test-index.ts";
import { describeSearchIndex } from "../ports/search-index.contract.ts";
import { createMemorySearchIndex } from "./memory-search-index.ts";

describeSearchIndex("the memory index", async () => {
  const { writer, reader } = createMemorySearchIndex(testAnalyzer());
  return {
    writer,
    reader,
    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]();
      await writer[Symbol.asyncDispose]();
    },
  };
});
