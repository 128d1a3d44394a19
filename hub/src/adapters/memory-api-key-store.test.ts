import { describeApiKeyStore } from "../ports/api-key-store.contract.ts";
import { MemoryApiKeyStore } from "./memory-api-key-store.ts";

describeApiKeyStore("MemoryApiKeyStore", () => new MemoryApiKeyStore());
