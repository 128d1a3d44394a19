import { describeCatalogStore } from "../ports/catalog-store.contract.ts";
import { createMemoryCatalogStore } from "./memory-catalog-store.ts";

describeCatalogStore("the memory store", async () => createMemoryCatalogStore());
