import { readFileSync } from "node:fs";
import { parseWitnessPolicy } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { parseAgentConfig } from "./config.ts";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");

describe("the quorum in the settings", () => {
  test("is a witness policy as the README writes it", () => {
    const [, example = ""] = /```yaml\n(quorum: .*?)```/s.exec(README) ?? [];
    const { quorum = "" } = parseAgentConfig(`version: 1\n${example}`, "a.yaml");
    expect(parseWitnessPolicy(quorum)).toMatchObject({
      quorum: { type: "group", threshold: 2, members: { length: 3 } },
    });
  });

  test("is refused with its line if it is none", () => {
    expect(() => parseAgentConfig("version: 1\nquorum: |\n  quorum most\n", "a.yaml")).toThrow(
      expect.objectContaining({
        code: "ERR_CONFIG_INVALID",
        message: expect.stringMatching(/^a\.yaml: quorum: .*line 1: most is no witness/),
      }),
    );
  });
});
