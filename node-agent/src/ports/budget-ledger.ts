/**
 * Where it is written what was spent of the center's privacy budget.
 *
 * @module
 */

/**
 * An append-only list of entries; what they mean, and whether they are whole, is not its concern.
 *
 * - durable: when `append` resolves, the entry survives a crash of the machine;
 * - conditional: of several appends at one position exactly one succeeds;
 * - final: an entry is never changed or removed. After a write that failed, nothing is appended until the ledger is
 *   opened again, since whether that entry is there is unknown until then;
 * - single: one process has it open.
 *
 * Run `describeBudgetLedger` of `budget-ledger.contract.ts` against every implementation.
 */
export interface BudgetLedger extends AsyncDisposable {
  /**
   * All entries, oldest first.
   *
   * @throws {TributaryError} `ERR_STORE_DAMAGED` if one is missing.
   */
  entries(): Promise<readonly Uint8Array[]>;

  /**
   * Appends `entry` as number `position`, counted from 0.
   *
   * @throws {TributaryError} `ERR_LOG_CONFLICT` if the ledger does not have exactly `position` entries, `ERR_STORE_FULL`,
   * `ERR_STORE_FAILED`.
   */
  append(position: number, entry: Uint8Array): Promise<void>;
}
