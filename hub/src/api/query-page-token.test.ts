import { expect, test } from "vitest";
import { listPlace, pageTokenOf, placeOfPage, searchPlace } from "./query-page-token.ts";

const query = { text: "铜", filters: [], sort: "relevance" };
const ref = { kind: "case", centerId: "aa", key: "键 1" } as const;

test("a token gives back its place, a score to the last bit", () => {
  const place = { score: 0.1 + 0.2, receivedAtMs: 1_700_000_000_000, ref };
  expect(placeOfPage(pageTokenOf(place, query), query, searchPlace)).toEqual(place);
  expect(placeOfPage(pageTokenOf({ ref }, query), query, listPlace)).toEqual({ ref });
});

test("no token is the beginning", () => {
  expect(placeOfPage("", query, searchPlace)).toBeUndefined();
});

test.each<[string, string, object]>([
  ["of another query", pageTokenOf({ ref }, { ...query, text: "铝" }), query],
  ["that names no place", pageTokenOf({ ref: { ...ref, kind: "x" } }, query), query],
  ["with more than a place", pageTokenOf({ ref, more: 1 }, query), query],
  ["of another kind of answer", pageTokenOf({ score: 1, receivedAtMs: 1, ref }, query), query],
  ["that is not base64url", "é", query],
  ["that is not JSON", "AAAA", query],
  ["that is not UTF-8", "_-__", query],
  ["that is no pair", Buffer.from("[1]").toString("base64url"), query],
])("a token %s is refused", (_, token, of) => {
  expect(() => placeOfPage(token, of, listPlace)).toThrow(
    expect.objectContaining({ code: "ERR_PAGE_TOKEN" }),
  );
});
