import { describe, expect, test } from "vitest";
import { ListSource, providerMapper } from "../../test/source-fixture.ts";
import { KnownClients } from "./known-clients.ts";
import type { RowMapper } from "./row-mapper.ts";

const never = new AbortController().signal;

/** Its cells under `client` name clients. */
const naming = (parts: Partial<RowMapper> = {}): RowMapper => ({
  ...providerMapper(),
  clientNames: ({ cells }) => [String(cells["client"] ?? "")],
  ...parts,
});

function bench(clients: readonly string[]) {
  const source = new ListSource(clients.map((client) => ({ client })));
  const other = new ListSource([{ key: "k", name: "赣州静海机械有限公司" }]);
  const known = new KnownClients([
    { sourceId: "other", source: other, mappers: [providerMapper()] },
    { sourceId: "ledger", source, mappers: [naming()] },
  ]);
  const finds = async (text: string) =>
    (await known.names(never)).known.flatMap(({ find }) => find(text)).length > 0;
  return { source, other, known, finds };
}

describe("the clients that are known", () => {
  test("are those in columns that name clients, of every source, and no others", async () => {
    const { finds, other } = bench(["赣州青岚精密机械有限公司", "无", "某五金企业"]);
    expect(await finds("青岚的产线已验收")).toBe(true);
    expect(await finds("静海的产线已验收")).toBe(false);
    expect(await finds("某五金企业的产线已验收")).toBe(false);
    expect(other.reads).toBe(0);
  });

  test("are read again when a source changed, and only then", async () => {
    const { finds, source, known } = bench(["赣州青岚精密机械有限公司"]);
    expect(await finds("泊远的产线")).toBe(false);
    const { digest } = await known.names(never);
    expect(source.reads).toBe(1);
    source.rows = [...source.rows, { client: "赣州泊远五金有限公司" }];
    expect(await finds("泊远的产线")).toBe(true);
    expect((await known.names(never)).digest).not.toBe(digest);
    expect(source.reads).toBe(2);
  });

  test("have a digest that tells nothing of rows, orders and repetitions", async () => {
    const [a, b] = ["赣州青岚精密机械有限公司", "赣州泊远五金有限公司"];
    const { digest } = await bench([a, b]).known.names(never);
    expect((await bench([b, a, b, "无"]).known.names(never)).digest).toBe(digest);
    expect((await bench([a]).known.names(never)).digest).not.toBe(digest);
    expect((await bench([]).known.names(never)).digest).toBe("");
  });

  test("are unknown, and nothing passes, as long as a source cannot be read", async () => {
    const { source, known } = bench(["赣州青岚精密机械有限公司", "赣州泊远五金有限公司"]);
    source.failsAfter = 1;
    const failing = expect.objectContaining({
      code: "ERR_SOURCE_CHANGED",
      message: expect.stringContaining("source ledger"),
      messageZh: expect.stringContaining("ledger"),
    });
    await expect(known.names(never)).rejects.toEqual(failing);
    await expect(known.names(never)).rejects.toEqual(failing);
    source.failsAfter = undefined;
    expect((await known.names(never)).known).toHaveLength(1);
  });

  test("are only as many as can be kept: more are refused, none is left out", async () => {
    const source = new ListSource([{ client: "赣州青岚精密机械有限公司、赣州泊远五金有限公司" }]);
    const known = new KnownClients([{ sourceId: "ledger", source, mappers: [naming()] }], {
      maxCells: 2,
    });
    await expect(known.names(never)).rejects.toMatchObject({
      code: "ERR_PRIVACY",
      details: { limit: 2, value: 3 },
    });
  });
});
