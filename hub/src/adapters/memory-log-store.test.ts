import { describeLogStore } from "../ports/log-store.contract.ts";
import { MemoryLogStore } from "./memory-log-store.ts";

describeLogStore("MemoryLogStore", async () => new MemoryLogStore());
