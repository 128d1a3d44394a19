import { expect, test } from "vitest";
import { flatRow } from "./flat-row.ts";

test("a nested value becomes one row", () => {
  const value = {
    name: "青禾智造",
    client: { industry: "36", size: undefined },
    tags: ["能耗", "质检"],
    outcomes: [{ kpi: "OEE", value: 7n, id: Uint8Array.of(255) }],
    id: Uint8Array.of(1, 255),
    empty: [],
    amount: 0,
  };
  expect(flatRow(value)).toEqual({
    name: "青禾智造",
    "client.industry": "36",
    tags: "能耗; 质检",
    outcomes: '[{"kpi":"OEE","value":"7","id":"ff"}]',
    id: "01ff",
    empty: "",
    amount: "0",
  });
});
