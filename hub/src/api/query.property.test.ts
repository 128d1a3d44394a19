import {
  parseFacetsQuery,
  parseListQuery,
  parseSearchQuery,
  parseSuggestQuery,
  parseWatchQuery,
  type RecordRef,
} from "@tributary/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anySteps, logOf, type Step } from "../../test/support/any-log.ts";
import { NEVER, smallHub } from "../../test/support/small-hub.ts";
import { mayInspect } from "../catalog/verdict.ts";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { Reader } from "../ports/search-index.ts";

/** A center is a member before it publishes, so a log never begins with a batch. */
const JOIN: Step = { type: "member", center: "aa", state: "approved" };

const anyReader: fc.Arbitrary<Reader> = fc.oneof(
  fc.constant({ type: "public" } as const),
  fc.constant({ type: "operator" } as const),
  fc.constant({ type: "members" as const }),
  fc.record({ type: fc.constant("member" as const), centerId: fc.constantFrom("aa", "bb", "dd") }),
);

/** The rule in the words of the contract: everybody, members, or the centers named and the publisher. */
function maySee({ visibility, visibleTo, ref }: CatalogRow, reader: Reader): boolean {
  if (reader.type === "operator") return true;
  if (visibility === "public") return true;
  if (reader.type === "public") return false;
  if (visibility === "members") return true;
  if (reader.type === "members") return false;
  return reader.centerId === ref.centerId || visibleTo.includes(reader.centerId);
}

function nameOf({ kind, centerId, key }: RecordRef): string {
  return `${kind}/${centerId}/${key}`;
}

test("for any log and any reader, every way of asking shows exactly what the reader may see", async () => {
  await fc.assert(
    fc.asyncProperty(anySteps, anyReader, async (steps, reader) => {
      const { api, catalog } = await smallHub(logOf([JOIN, ...steps]));
      const rows = await Array.fromAsync(catalog.rows({}));
      const expected = rows
        .filter((row) => row.verdict === "live" && maySee(row, reader))
        .map(({ ref }) => nameOf(ref));

      const listed = await api.list(parseListQuery({ pageSize: 500 }), reader, NEVER);
      expect(listed.records.map(({ ref }) => nameOf(ref))).toEqual(expected);

      const found = await api.search(parseSearchQuery({ pageSize: 100 }), reader, NEVER);
      expect(found.hits.map(({ record }) => nameOf(record.ref)).sort()).toEqual(expected);
      expect(found.total).toBe(expected.length);

      const query = parseFacetsQuery({ fields: ["kind", "center"] });
      const { facets } = await api.facets(query, reader, NEVER);
      for (const { field, values } of facets) {
        const at = field === "kind" ? 0 : 1;
        const counts = Object.groupBy(expected, (name) => name.split("/")[at] as string);
        expect(Object.fromEntries(values.map(({ value, count }) => [value, count]))).toEqual(
          Object.fromEntries(
            Object.entries(counts).map(([value, names]) => [value, names?.length ?? 0]),
          ),
        );
      }

      const told = new Set<string>();
      for await (const event of api.watch(parseWatchQuery({}), reader, NEVER)) {
        if (event.type === "caught_up") break;
        if (event.type === "upserted") told.add(nameOf(event.record.ref));
        else throw new Error("a new client is told of something that is gone");
      }
      expect([...told].sort()).toEqual(expected);

      const suggestions = await api.suggest(
        parseSuggestQuery({ prefix: "标题", limit: 20 }),
        reader,
        NEVER,
      );
      for (const { ref } of suggestions.suggestions) {
        if (ref !== undefined) expect(expected).toContain(nameOf(ref));
      }

      for (const row of rows) {
        const mayGet = row.verdict === "live" ? maySee(row, reader) : mayInspect(row, reader);
        const got = await api.get(row.ref, reader).then(
          () => true,
          (error: unknown) => {
            expect(error).toMatchObject({ code: "ERR_NOT_FOUND" });
            return false;
          },
        );
        expect(got).toBe(mayGet);
      }
    }),
    { numRuns: 150 },
  );
});

test("a client that watches from anywhere, and breaks off anywhere, ends with what it may see", async () => {
  await fc.assert(
    fc.asyncProperty(
      anySteps,
      anySteps,
      anyReader,
      fc.array(fc.nat(6), { maxLength: 6 }),
      async (before, after, reader, breaks) => {
        const log = logOf([JOIN, ...before]);
        const hub = await smallHub(log);
        const held = new Set<string>();
        let fromPosition = 0;
        const follow = async (most: number) => {
          let left = most;
          for await (const event of hub.api.watch(
            parseWatchQuery({ fromPosition }),
            reader,
            NEVER,
          )) {
            if (event.type === "upserted") held.add(nameOf(event.record.ref));
            if (event.type === "removed") held.delete(nameOf(event.ref));
            fromPosition = event.position + 1;
            if (event.type === "caught_up" || left-- === 0) return;
          }
        };
        await follow(breaks[0] ?? 100);
        // The log goes on as if both parts had been one: only the entries are taken over.
        const whole = logOf([JOIN, ...before, ...after]);
        log.entries.push(...whole.entries.slice(log.entries.length));
        await hub.catchUp();
        for (const most of breaks.slice(1)) await follow(most);
        await follow(Number.POSITIVE_INFINITY);
        const rows = await Array.fromAsync(hub.catalog.rows({}));
        const expected = rows
          .filter((row) => row.verdict === "live" && maySee(row, reader))
          .map(({ ref }) => nameOf(ref));
        expect([...held].sort()).toEqual(expected);
      },
    ),
    { numRuns: 200 },
  );
});
