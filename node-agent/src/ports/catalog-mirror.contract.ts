import type { RecordRef, RecordView } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import type { CatalogMirror } from "./catalog-mirror.ts";

/** A provider as a hub shows it. */
export function aView(key: string, fields: Partial<RecordView> = {}): RecordView {
  const ref: RecordRef = { centerId: "jinling", kind: "provider", key };
  return {
    ref,
    urn: `urn:dth:jinling:provider:${key}`,
    revision: 1,
    title: `服务商 ${key}`,
    summary: "",
    state: "live",
    stateReason: "",
    visibility: "public",
    license: "CC-BY-4.0",
    centerName: "金陵中心",
    logPosition: 3,
    recordIndex: 0,
    receivedAtMs: 1_770_000_000_000,
    facets: [{ field: "region", values: ["32", "320100"] }],
    body: { kind: "provider", value: { name: `服务商 ${key}` } },
    findings: [],
    entityId: "e1",
    ...fields,
  };
}

/** What every mirror must do. @param open A new one; with the same name, the same again. */
export function describeCatalogMirror(
  name: string,
  open: (name: string) => Promise<CatalogMirror>,
): void {
  describe(name, () => {
    test("is empty at first, and has no position", async () => {
      await using mirror = await open("new");
      expect(mirror.position()).toBeUndefined();
      expect([...mirror.records()]).toEqual([]);
    });

    test("has the newest state of each record, in one order", async () => {
      await using mirror = await open("newest");
      const record = aView("b");
      const changed = aView("a", { revision: 2, title: "新名称" });
      await mirror.apply([
        { type: "upserted", position: 3, record },
        { type: "upserted", position: 3, record: aView("a") },
        { type: "upserted", position: 4, record: changed },
      ]);
      expect([...mirror.records()]).toEqual([changed, record]);
      expect(mirror.position()).toBe(4);
    });

    test("forgets what is no longer shown, and what it never had", async () => {
      await using mirror = await open("removed");
      const { ref } = aView("a");
      await mirror.apply([{ type: "upserted", position: 3, record: aView("a") }]);
      await mirror.apply([
        { type: "removed", position: 5, ref },
        { type: "removed", position: 5, ref: { ...ref, key: "never" } },
      ]);
      expect([...mirror.records()]).toEqual([]);
      expect(mirror.position()).toBe(5);
    });

    test("remembers the position where nothing changed, and all of it when it is opened again", async () => {
      {
        await using mirror = await open("again");
        await mirror.apply([{ type: "upserted", position: 3, record: aView("a") }]);
        await mirror.apply([{ type: "caught_up", position: 9 }]);
      }
      await using mirror = await open("again");
      expect(mirror.position()).toBe(9);
      expect([...mirror.records()]).toEqual([aView("a")]);
    });
  });
}
