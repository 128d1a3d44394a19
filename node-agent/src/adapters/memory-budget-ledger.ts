import { TributaryError } from "@tributary/proto";
import type { BudgetLedger } from "../ports/budget-ledger.ts";

/** {@link BudgetLedger} in memory, for tests: it forgets what was spent. */
export class MemoryBudgetLedger implements BudgetLedger {
  readonly #entries: Uint8Array[] = [];

  async entries(): Promise<readonly Uint8Array[]> {
    return this.#entries.map((entry) => entry.slice());
  }

  async append(position: number, entry: Uint8Array): Promise<void> {
    if (position !== this.#entries.length) {
      throw new TributaryError(
        "ERR_LOG_CONFLICT",
        `the budget ledger has ${this.#entries.length} entries, not ${position}`,
      );
    }
    this.#entries.push(entry.slice());
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
