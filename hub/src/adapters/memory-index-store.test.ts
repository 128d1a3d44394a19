import { describeIndexStore } from "../ports/index-store.contract.ts";
import { MemoryIndexStore } from "./memory-index-store.ts";

describeIndexStore("MemoryIndexStore", async () => new MemoryIndexStore());
