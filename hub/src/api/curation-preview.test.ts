import { beforeEach, describe, expect, test } from "vitest";
import { NEVER, type SmallHub, smallHub } from "../../test/support/small-hub.ts";
import { aRecord, SmallLog } from "../../test/support/small-log.ts";
import { createPreview, type PreviewRequest } from "./curation-preview.ts";

let log: SmallLog;
let hub: SmallHub;

const urns = (...keys: string[]) => keys.map((key) => `urn:dth:aa:case:${key}`);

beforeEach(async () => {
  log = new SmallLog();
  for (const center of ["aa", "bb"]) log.member(center);
  log.batch(
    "aa",
    ["1", "2", "3"].map((key) => aRecord({ key })),
  );
  log.batch("bb", [aRecord({ key: "1" })]);
  log.decide("hide", urns("2"));
  log.decide("label", urns("3"), { argument: "节能" });
  hub = await smallHub(log);
}, 60_000); // the first one makes the dictionary

function preview(request: Partial<PreviewRequest>) {
  const { catalog, clock, api } = hub;
  const ask = createPreview({
    catalog,
    clock,
    list: api.list,
    catalogPosition: () => log.entries.length,
    lastHeardMs: () => undefined,
  });
  return ask({ action: "hide", subjects: [], argument: "", filters: [], ...request }, NEVER);
}

describe("a preview", () => {
  test.each([
    ["hide", "", ["1", "3"]],
    ["unhide", "", ["2"]],
    ["approve", "", []],
    ["acknowledge", "", []],
    ["label", "节能", ["1", "2"]],
    ["unlabel", "节能", ["3"]],
  ])("of %s says which of the named records it would change", async (action, argument, keys) => {
    const answer = await preview({ action, argument, subjects: urns("1", "2", "3", "none") });
    expect(answer.subjects).toEqual(urns(...keys));
    expect(answer.unchanged).toBe(3 - keys.length);
    expect(answer.unknown).toEqual(urns("none"));
    expect(answer.sample.map(({ urn }) => urn)).toEqual(urns(...keys));
  });

  test("is over the records that filters keep, and deciding about its subjects leaves nothing to change", async () => {
    const filters = [{ field: "center", values: ["aa"] }];
    const { subjects } = await preview({ filters });
    expect(subjects).toEqual(urns("1", "3"));
    const { id } = log.decide("hide", subjects);
    await hub.catchUp();
    expect((await preview({ filters })).subjects).toEqual([]);
    // A decision about many is undone as one.
    log.decide("retract", [], { retracts: id });
    await hub.catchUp();
    expect((await preview({ filters })).subjects).toEqual(subjects);
  });

  test("names at most ten records, and counts all", async () => {
    const keys = Array.from({ length: 15 }, (_, i) => `n${String(i).padStart(2, "0")}`);
    log.batch(
      "aa",
      keys.map((key) => aRecord({ key })),
    );
    await hub.catchUp();
    const answer = await preview({ subjects: urns(...keys) });
    expect([answer.subjects.length, answer.sample.length]).toEqual([15, 10]);
  });

  test.each([
    [{}, "ERR_ARGUMENT_INVALID"],
    [{ action: "merge", subjects: urns("1") }, "ERR_UNSUPPORTED"],
    [{ action: "toString", subjects: urns("1") }, "ERR_UNSUPPORTED"],
    [{ subjects: ["x"] }, "ERR_URN_MALFORMED"],
    [{ filters: [{ field: "nothing", values: ["x"] }] }, "ERR_QUERY_INVALID"],
    [{ subjects: Array.from({ length: 1_001 }, () => "x") }, "ERR_ARGUMENT_INVALID"],
  ])("refuses %#", async (request, code) => {
    await expect(preview(request)).rejects.toMatchObject({ code });
  });
});
