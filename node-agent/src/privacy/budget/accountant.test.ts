import {
  isTributaryError,
  sha256Text,
  TributaryError,
  toHex,
  utf8,
  ZERO_HASH,
} from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededBytes } from "../../../test/seeded-bytes.ts";
import { MemoryBudgetLedger } from "../../adapters/memory-budget-ledger.ts";
import type { BudgetLedger } from "../../ports/budget-ledger.ts";
import { add, compare, parseRational } from "../noise/rational.ts";
import {
  type BudgetCaps,
  type NoisedValues,
  PrivacyAccountant,
  type Purchase,
} from "./accountant.ts";
import { readLedger } from "./ledger-entry.ts";

const CAPS: BudgetCaps = { year: parseRational("1/20"), life: parseRational("1/10") };

function purchase(name: string, changes: Partial<Purchase> = {}): Purchase {
  return {
    queryId: toHex(sha256Text(name)),
    unit: "group-year",
    year: 2026,
    epoch: "2026Q1",
    rho: "1/50",
    statistics: [{ name: "n", rho: "1/50", sigmaSquared: "25", delta2Squared: "1" }],
    data: utf8("the data"),
    ...changes,
  };
}

/** Values that nobody draws twice. */
function drawer() {
  let drawn = 0;
  return Object.assign(
    (): NoisedValues => {
      drawn += 1;
      return { n: { c: drawn }, sum: {}, satisfied: {} };
    },
    { count: () => drawn },
  );
}

function accountantOf(ledger: BudgetLedger, caps = CAPS): PrivacyAccountant {
  return new PrivacyAccountant(ledger, { caps, randomBytes: seededBytes("salt") });
}

/** A ledger that fails at one append, before or after the entry is in it, as a crash would leave it. */
class CrashingLedger implements BudgetLedger {
  readonly inner: BudgetLedger;
  readonly #at: number;
  readonly #isWritten: boolean;
  #appends = 0;

  constructor(inner: BudgetLedger, at: number, isWritten: boolean) {
    this.inner = inner;
    this.#at = at;
    this.#isWritten = isWritten;
  }

  entries() {
    return this.inner.entries();
  }

  async append(position: number, entry: Uint8Array): Promise<void> {
    this.#appends += 1;
    const isCrash = this.#appends === this.#at;
    if (!isCrash || this.#isWritten) await this.inner.append(position, entry);
    if (isCrash) throw new TributaryError("ERR_STORE_FAILED", "the machine stopped");
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

describe("the accountant", () => {
  test("answers a query once: asked again, also after a restart, it gives the stored answer", async () => {
    const ledger = new MemoryBudgetLedger();
    const draw = drawer();
    const first = await accountantOf(ledger).buy(purchase("a"), draw);
    const later = purchase("a", { data: utf8("other data"), epoch: "2025Q1" });
    expect(await accountantOf(ledger).buy(later, draw)).toEqual(first);
    expect(draw.count()).toBe(1);
    expect(await accountantOf(ledger).statement(2026)).toMatchObject({ spentRho: "1/50" });
  });

  test("has the cost in the ledger before anything is drawn", async () => {
    const ledger = new MemoryBudgetLedger();
    const inner = ledger.entries.bind(ledger);
    let seen: unknown;
    const stored: Uint8Array[] = [];
    ledger.append = async (_position, entry) => {
      await Promise.resolve();
      stored.push(entry);
    };
    ledger.entries = async () => (stored.length > 0 ? stored : inner());
    await accountantOf(ledger).buy(purchase("a"), () => {
      seen = readLedger(stored).entries.map(({ state, queryId }) => [state, queryId]);
      return { n: {}, sum: {}, satisfied: {} };
    });
    expect(seen).toEqual([["reserved", purchase("a").queryId]]);
  });

  test("spends a year to its cap exactly, and no further", async () => {
    const accountant = accountantOf(new MemoryBudgetLedger());
    const draw = drawer();
    await accountant.buy(purchase("a", { rho: "3/100" }), draw);
    await accountant.buy(purchase("b", { rho: "1/50" }), draw);
    await expect(
      accountant.buy(purchase("c", { rho: "1/999999999999999" }), draw),
    ).rejects.toMatchObject({ code: "ERR_BUDGET_SPENT", messageZh: expect.stringMatching("2026") });
    expect(draw.count()).toBe(2);
    expect(await accountant.statement(2026)).toMatchObject({
      year: 2026,
      spentRho: "1/20",
      capYear: "1/20",
      capLife: "1/10",
    });
  });

  test("spends all years together to the cap of a lifetime, and no further", async () => {
    const accountant = accountantOf(new MemoryBudgetLedger());
    const draw = drawer();
    await accountant.buy(purchase("a", { year: 2026, rho: "1/20" }), draw);
    await accountant.buy(purchase("b", { year: 2027, rho: "1/20" }), draw);
    await expect(
      accountant.buy(purchase("c", { year: 2028, rho: "1/100" }), draw),
    ).rejects.toMatchObject({ code: "ERR_BUDGET_SPENT" });
    expect(draw.count()).toBe(2);
  });

  test("never lets the sum become a fraction that a release cannot carry", async () => {
    const accountant = accountantOf(new MemoryBudgetLedger());
    const draw = drawer();
    await accountant.buy(purchase("a", { rho: "1/999999999999989" }), draw);
    await expect(
      accountant.buy(purchase("b", { rho: "1/999999999999999" }), draw),
    ).rejects.toMatchObject({ code: "ERR_ARGUMENT_INVALID" });
    expect(await accountant.statement(2026)).toMatchObject({ spentRho: "1/999999999999989" });
    expect(draw.count()).toBe(1);
  });

  test("lets one of two queries have what is left for one of them, asked at once", async () => {
    const accountant = accountantOf(new MemoryBudgetLedger());
    const draw = drawer();
    const results = await Promise.allSettled(
      ["a", "b", "c", "d"].map((name) => accountant.buy(purchase(name, { rho: "1/25" }), draw)),
    );
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "rejected",
      "rejected",
    ]);
    expect(draw.count()).toBe(1);
  });

  test("of two accountants on one ledger, draws for one only: the other is told of the conflict", async () => {
    const ledger = new MemoryBudgetLedger();
    const draw = drawer();
    const results = await Promise.allSettled(
      ["a", "b"].map((name) => accountantOf(ledger).buy(purchase(name, { rho: "1/25" }), draw)),
    );
    expect(results).toMatchObject([
      { status: "fulfilled" },
      { status: "rejected", reason: { code: "ERR_LOG_CONFLICT" } },
    ]);
    expect(draw.count()).toBe(1);
  });

  test("gives one query that is asked many times at once one answer", async () => {
    const accountant = accountantOf(new MemoryBudgetLedger());
    const draw = drawer();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => accountant.buy(purchase("a"), draw)),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(draw.count()).toBe(1);
  });

  test("refuses an epoch before the newest one, whatever the clock says, and draws nothing", async () => {
    const ledger = new MemoryBudgetLedger();
    const draw = drawer();
    await accountantOf(ledger).buy(purchase("a", { epoch: "2027Q2" }), draw);
    await expect(
      accountantOf(ledger).buy(purchase("b", { epoch: "2027Q1" }), draw),
    ).rejects.toMatchObject({ code: "ERR_EPOCH_PAST" });
    expect(draw.count()).toBe(1);
  });

  test("counts a year by its records, so that a clock that is wrong opens no new budget", async () => {
    const accountant = accountantOf(new MemoryBudgetLedger());
    const draw = drawer();
    await accountant.buy(purchase("a", { rho: "1/20", epoch: "2026Q4" }), draw);
    await expect(accountant.buy(purchase("b", { epoch: "2027Q1" }), draw)).rejects.toMatchObject({
      code: "ERR_BUDGET_SPENT",
    });
  });

  test("states a head that changes with the data's salt only, never with the data alone", async () => {
    const heads = await Promise.all(
      ["one", "two"].map(async (salt) => {
        const accountant = new PrivacyAccountant(new MemoryBudgetLedger(), {
          randomBytes: seededBytes(salt),
        });
        expect((await accountant.statement(2026)).ledgerHead).toEqual(ZERO_HASH);
        await accountant.buy(purchase("a"), drawer());
        return toHex((await accountant.statement(2026)).ledgerHead);
      }),
    );
    expect(heads[0]).not.toBe(heads[1]);
  });

  test("goes on after a purchase that failed", async () => {
    const accountant = accountantOf(new MemoryBudgetLedger());
    const failing = accountant.buy(purchase("a"), () => {
      throw new RangeError("no random bytes");
    });
    const next = accountant.buy(purchase("b"), drawer());
    await expect(failing).rejects.toThrow(RangeError);
    await expect(next).resolves.toMatchObject({ n: { c: 1 } });
    await expect(accountant.buy(purchase("a"), drawer())).rejects.toMatchObject({
      code: "ERR_ANSWER_LOST",
    });
  });

  test("refuses a ledger in which any one bit was flipped, an entry dropped or two exchanged", async () => {
    const ledger = new MemoryBudgetLedger();
    await accountantOf(ledger).buy(purchase("a"), drawer());
    const entries = await ledger.entries();
    const [first, second] = entries as [Uint8Array, Uint8Array];
    const damaged = expect.objectContaining({ code: "ERR_STORE_DAMAGED" });
    for (const changed of [[second], [second, first], [first, second, second]]) {
      expect(() => readLedger(changed)).toThrow(damaged);
    }
    fc.assert(
      fc.property(fc.nat({ max: first.length * 8 - 1 }), (bit) => {
        const flipped = first.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(() => readLedger([flipped, second])).toThrow(damaged);
      }),
    );
  });

  test("a crash at any write never leaves less spent than was drawn, nor more than the cap", async () => {
    const step = fc.record({
      names: fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1, maxLength: 4 }),
      year: fc.constantFrom(2026, 2027, 2028),
      crashAt: fc.nat({ max: 6 }),
      isWritten: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const ledger = new MemoryBudgetLedger();
        const given = new Map<string, string>();
        let drawn = parseRational("0");
        for (const { names, year, crashAt, isWritten } of steps) {
          // A new accountant on what is stored: the restart after the crash.
          const accountant = accountantOf(new CrashingLedger(ledger, crashAt, isWritten));
          await Promise.all(
            names.map(async (name) => {
              const asked = purchase(`${name} ${year}`, { year, rho: "1/50" });
              try {
                const answer = await accountant.buy(asked, () => {
                  drawn = add(drawn, parseRational(asked.rho));
                  return { n: { c: Number(drawn.numerator) }, sum: {}, satisfied: {} };
                });
                const text = JSON.stringify(answer);
                expect(given.get(asked.queryId) ?? text).toBe(text);
                given.set(asked.queryId, text);
              } catch (error) {
                expect(isTributaryError(error)).toBe(true);
              }
            }),
          );
          const { entries } = readLedger(await ledger.entries());
          const reserved = entries.filter((entry) => entry.state === "reserved");
          const spent = reserved.reduce(
            (sum, { rho }) => add(sum, parseRational(rho)),
            parseRational("0"),
          );
          expect(compare(spent, drawn)).toBeGreaterThanOrEqual(0n);
          expect(compare(spent, CAPS.life)).toBeLessThanOrEqual(0n);
          for (const of of [2026, 2027, 2028]) {
            const { spentRho } = await accountantOf(ledger).statement(of);
            expect(compare(parseRational(spentRho), CAPS.year)).toBeLessThanOrEqual(0n);
          }
          expect(new Set(reserved.map(({ queryId }) => queryId)).size).toBe(reserved.length);
        }
      }),
      { numRuns: 300, seed: 11 },
    );
  });
});
