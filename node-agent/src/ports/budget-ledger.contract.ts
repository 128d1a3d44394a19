import { describe, expect, test } from "vitest";
import type { BudgetLedger } from "./budget-ledger.ts";

/**
 * The contract of {@link BudgetLedger}, as tests. Durability is covered where the ledger is opened again.
 *
 * @param open Makes a new, empty ledger. Called once a test.
 */
export function describeBudgetLedger(name: string, open: () => Promise<BudgetLedger>): void {
  describe(`${name} is a BudgetLedger`, () => {
    test("starts empty", async () => {
      await using ledger = await open();
      expect(await ledger.entries()).toEqual([]);
    });

    test("gives the entries back in the order in which they were appended", async () => {
      await using ledger = await open();
      for (let position = 0; position < 300; position++) {
        await ledger.append(position, Uint8Array.of(position & 0xff, position >> 8));
      }
      const entries = (await ledger.entries()).map((entry) => [...entry]);
      expect(entries).toEqual(Array.from({ length: 300 }, (_, at) => [at & 0xff, at >> 8]));
    });

    test("takes an entry at the next position only", async () => {
      await using ledger = await open();
      await ledger.append(0, Uint8Array.of(1));
      for (const position of [0, 2, -1]) {
        await expect(ledger.append(position, Uint8Array.of(2))).rejects.toMatchObject({
          code: "ERR_LOG_CONFLICT",
        });
      }
      expect((await ledger.entries()).map((entry) => [...entry])).toEqual([[1]]);
    });

    test("lets exactly one of several concurrent appends at one position succeed", async () => {
      await using ledger = await open();
      const results = await Promise.allSettled(
        [1, 2, 3, 4].map((value) => ledger.append(0, Uint8Array.of(value))),
      );
      const won = results.flatMap(({ status }, at) => (status === "fulfilled" ? [[at + 1]] : []));
      expect(won.length).toBe(1);
      expect((await ledger.entries()).map((entry) => [...entry])).toEqual(won);
    });

    test("keeps an entry as it was when it was appended and when it was read", async () => {
      await using ledger = await open();
      const entry = Uint8Array.of(1, 2, 3);
      await ledger.append(0, entry);
      entry.fill(9);
      (await ledger.entries())[0]?.fill(8);
      expect((await ledger.entries()).map((bytes) => [...bytes])).toEqual([[1, 2, 3]]);
    });
  });
}
