import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { aView, describeCatalogMirror } from "../ports/catalog-mirror.contract.ts";
import { openSqliteMirror } from "./sqlite-mirror.ts";

const folder = mkdtempSync(join(tmpdir(), "tributary-mirror-"));
const scope = { hubOrigin: "hub.example/log", filters: [] };
const open = async (name: string) => openSqliteMirror(join(folder, `${name}.sqlite`), scope);

describeCatalogMirror("SqliteMirror", open);

describe("SqliteMirror", () => {
  test("can be asked by other programs while it is written", async () => {
    await using mirror = await open("asked");
    await mirror.apply([{ type: "upserted", position: 3, record: aView("a") }]);
    const reader = new DatabaseSync(join(folder, "asked.sqlite"), { readOnly: true });
    const find = reader.prepare(
      "SELECT title FROM records JOIN facets USING (urn) WHERE field = 'region' AND code = ?",
    );
    expect(find.all("32").map(({ title }) => title)).toEqual(["服务商 a"]);
    await mirror.apply([{ type: "upserted", position: 4, record: aView("a", { facets: [] }) }]);
    expect(find.all("32")).toEqual([]);
    reader.close();
  });

  test("is all of a change or nothing of it", async () => {
    await using mirror = await open("atomic");
    await mirror.apply([{ type: "upserted", position: 3, record: aView("a") }]);
    const bad = aView("b", { title: undefined as never });
    await expect(
      mirror.apply([
        { type: "upserted", position: 4, record: aView("c") },
        { type: "upserted", position: 4, record: bad },
      ]),
    ).rejects.toMatchObject({ code: "ERR_STORE_FAILED" });
    expect([...mirror.records()]).toEqual([aView("a")]);
    expect(mirror.position()).toBe(3);
  });

  test("is not taken for a copy of another hub, or of other kinds", async () => {
    {
      await using _mirror = await open("scope");
    }
    const path = join(folder, "scope.sqlite");
    const other = { ...scope, filters: [{ field: "kind", values: ["case"] }] };
    expect(() => openSqliteMirror(path, other)).toThrow(/copy of something else/);
  });

  test("refuses a file that is no database", () => {
    const path = join(folder, "text.sqlite");
    writeFileSync(path, "not a database, but long enough to be looked at as one".repeat(20));
    expect(() => openSqliteMirror(path, scope)).toThrow(
      expect.objectContaining({ code: "ERR_STORE_DAMAGED" }),
    );
  });
});
