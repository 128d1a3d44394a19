/**
 * Spends the center's privacy budget, and never more of it than there is.
 *
 * @module
 */

import { concatBytes, sha256, TributaryError, toHex } from "@tributary/proto";
import type { BudgetLedger } from "../../ports/budget-ledger.ts";
import { add, compare, formatRational, parseRational, type Rational } from "../noise/rational.ts";
import type { RandomBytes } from "../noise/uniform.ts";
import {
  type AnsweredEntry,
  encodeLedgerEntry,
  type LedgerEntry,
  type ReadLedger,
  type ReservedEntry,
  readLedger,
} from "./ledger-entry.ts";

/** How much may be spent, as zCDP. */
export interface BudgetCaps {
  /** On the records of one calendar year. */
  readonly year: Rational;
  /** On the records of all years together: what an enterprise loses that is a customer in each of them. */
  readonly life: Rational;
}

/** At delta 10^-6 epsilon 1.472 a year and 3.543 in all; see `epsilonOf`. */
export const DEFAULT_CAPS: BudgetCaps = {
  year: parseRational("1/20"),
  life: parseRational("1/4"),
};

/** An answer that is to be paid for. */
export interface Purchase extends Omit<ReservedEntry, "state" | "dataSnapshotHash" | "salt"> {
  /** The data that the answer rests on, in one order. Only a salted hash of it is kept. */
  readonly data: Uint8Array;
}

/** Noised values by statistic and cell. */
export type NoisedValues = AnsweredEntry["values"];

/** What a release says of the budget. @see PrivacyBudget of `outcome.proto` */
export interface BudgetStatement {
  readonly year: number;
  readonly spentRho: string;
  readonly capYear: string;
  readonly capLife: string;
  /** 32 bytes. */
  readonly ledgerHead: Uint8Array;
}

const SALT_BYTES = 32;

/** The only way to noise: it draws after the cost is durable, and once for each query. Use one for each ledger. */
export class PrivacyAccountant {
  readonly #ledger: BudgetLedger;
  readonly #caps: BudgetCaps;
  readonly #randomBytes: RandomBytes;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    ledger: BudgetLedger,
    options: { readonly caps?: BudgetCaps; readonly randomBytes: RandomBytes },
  ) {
    this.#ledger = ledger;
    this.#caps = options.caps ?? DEFAULT_CAPS;
    this.#randomBytes = options.randomBytes;
  }

  /**
   * The answer of a query: the stored one if it was ever answered, otherwise one that `draw` makes.
   *
   * The cost is durable before `draw` is called and the answer is before this resolves. If anything fails in between,
   * the budget is spent and the answer lost.
   *
   * @throws {TributaryError} `ERR_BUDGET_SPENT` if it would pass a cap, `ERR_ANSWER_LOST`, `ERR_EPOCH_PAST`,
   * `ERR_ARGUMENT_INVALID` if the sum of the costs would have too many digits, and what the ledger throws. Nothing was
   * drawn then, unless storing the answer failed.
   */
  buy(purchase: Purchase, draw: () => NoisedValues): Promise<NoisedValues> {
    return this.#oneAtATime(async () => {
      const ledger = readLedger(await this.#ledger.entries());
      const known = ledger.entries.filter(({ queryId }) => queryId === purchase.queryId);
      const answered = known.find(isAnswered);
      if (answered !== undefined) return answered.values;
      if (known.length > 0) throw lost(purchase);
      this.#assertAffordable(purchase, ledger.entries.filter(isReserved));
      const reserved = await this.#append(ledger, this.#reservationOf(purchase));
      const values = draw();
      await this.#append(reserved, { state: "answered", queryId: purchase.queryId, values });
      return values;
    });
  }

  /** What is spent on the records of `year`. */
  statement(year: number): Promise<BudgetStatement> {
    return this.#oneAtATime(async () => {
      const { entries, head } = readLedger(await this.#ledger.entries());
      return {
        year,
        spentRho: formatRational(spent(entries.filter(isReserved), year)),
        capYear: formatRational(this.#caps.year),
        capLife: formatRational(this.#caps.life),
        ledgerHead: head,
      };
    });
  }

  #assertAffordable(purchase: Purchase, reserved: readonly ReservedEntry[]): void {
    const { epoch, year } = purchase;
    const newest = reserved.at(-1)?.epoch ?? epoch;
    if (epoch < newest) throw past(epoch, newest);
    const rho = parseRational(purchase.rho);
    for (const [cap, sum, scope, scopeZh] of [
      [this.#caps.year, spent(reserved, year), `of ${year}`, `${year} 年度`],
      [this.#caps.life, spent(reserved), "of all years", "全部年度"],
    ] as const) {
      const total = add(sum, rho);
      if (compare(total, cap) > 0n) throw overspent(rho, sum, cap, [scope, scopeZh]);
      // A sum that no release can carry must not come to be.
      formatRational(total);
    }
  }

  #reservationOf({ data, ...purchase }: Purchase): ReservedEntry {
    const salt = this.#randomBytes(SALT_BYTES);
    return {
      state: "reserved",
      ...purchase,
      dataSnapshotHash: toHex(sha256(concatBytes(salt, data))),
      salt: toHex(salt),
    };
  }

  async #append({ entries, head }: ReadLedger, entry: LedgerEntry): Promise<ReadLedger> {
    const bytes = encodeLedgerEntry(head, entry);
    await this.#ledger.append(entries.length, bytes);
    return { entries: [...entries, entry], head: bytes.slice(0, head.length) };
  }

  /** Two purchases at once could each find the budget that only one of them can have. */
  #oneAtATime<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(task);
    // The next one starts after this one, however it ends; its caller is told of a failure by `result`.
    this.#last = result.then(
      () => {},
      () => {},
    );
    return result;
  }
}

function spent(reserved: readonly ReservedEntry[], year?: number): Rational {
  return reserved
    .filter((entry) => year === undefined || entry.year === year)
    .reduce((sum, { rho }) => add(sum, parseRational(rho)), parseRational("0"));
}

function isReserved(entry: LedgerEntry): entry is ReservedEntry {
  return entry.state === "reserved";
}

function isAnswered(entry: LedgerEntry): entry is AnsweredEntry {
  return entry.state === "answered";
}

function overspent(
  rho: Rational,
  sum: Rational,
  cap: Rational,
  [scope, scopeZh]: readonly [string, string],
): TributaryError {
  const [cost, used, most] = [rho, sum, cap].map(formatRational) as [string, string, string];
  return new TributaryError(
    "ERR_BUDGET_SPENT",
    `the answer costs rho ${cost}, and ${used} of ${most} is spent on the records ${scope}`,
    { messageZh: `该查询需要 ρ=${cost}，而${scopeZh}数据的预算 ${most} 已用 ${used}` },
  );
}

function lost({ queryId }: Purchase): TributaryError {
  return new TributaryError(
    "ERR_ANSWER_LOST",
    `the budget of query ${queryId} is spent, but its answer was lost; ask again at the next epoch`,
    { messageZh: `查询 ${queryId} 的预算已用，但结果已丢失；请在下一周期重新查询` },
  );
}

function past(epoch: string, newest: string): TributaryError {
  return new TributaryError(
    "ERR_EPOCH_PAST",
    `epoch ${epoch} is before ${newest}, for which budget was spent already; check the clock`,
    { messageZh: `周期 ${epoch} 早于已使用预算的周期 ${newest}；请检查系统时间` },
  );
}
