import { describeAccountStore } from "../ports/account-store.contract.ts";
import { MemoryAccountStore } from "./memory-account-store.ts";

describeAccountStore("MemoryAccountStore", () => new MemoryAccountStore());
