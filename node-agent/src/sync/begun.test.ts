import { expect, test } from "vitest";
import { begun } from "./begun.ts";

/** Counts up to `end`, and notes what is done with it. */
function counting(end: number, notes: string[]): AsyncIterable<number> {
  return (async function* () {
    try {
      for (let n = 1; n <= end; n++) {
        notes.push(`reads ${n}`);
        yield n;
      }
    } finally {
      notes.push("closed");
    }
  })();
}

test("has the first row before it is asked, gives all in order, and is closed once", async () => {
  const notes: string[] = [];
  await using rows = begun(counting(3, notes));
  await Promise.resolve();
  expect(notes).toEqual(["reads 1"]);
  expect(await Array.fromAsync(rows)).toEqual([1, 2, 3]);
  expect(notes).toEqual(["reads 1", "reads 2", "reads 3", "closed"]);
});

test("is closed when nobody iterates, and when somebody stops in the middle", async () => {
  for (const wanted of [0, 2]) {
    const notes: string[] = [];
    {
      await using rows = begun(counting(9, notes));
      let seen = 0;
      if (wanted > 0) for await (const _ of rows) if (++seen === wanted) break;
    }
    expect(notes.filter((note) => note === "closed")).toHaveLength(1);
    expect(notes.filter((note) => note.startsWith("reads"))).toHaveLength(Math.max(1, wanted));
  }
});

test("throws what reading throws to whoever iterates, and to nobody else", async () => {
  const failing = () =>
    (async function* (): AsyncGenerator<number> {
      yield await Promise.reject(new Error("locked"));
    })();
  {
    await using _rows = begun(failing());
  }
  await using rows = begun(failing());
  await expect(Array.fromAsync(rows)).rejects.toThrow("locked");
});
