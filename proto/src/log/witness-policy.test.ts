import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generateSigningKey } from "../crypto/keys.ts";
import { isTributaryError } from "../errors.ts";
import { formatVkey } from "./note.ts";
import { isQuorum, parseWitnessPolicy } from "./witness-policy.ts";

const keys = await Promise.all(Array.from({ length: 6 }, () => generateSigningKey()));
const vkeys = keys.map((key, i) => formatVkey(`w${i}.example`, key.publicKey, "cosignature"));
const logVkey = formatVkey("hub.example/x", (keys[0] as (typeof keys)[number]).publicKey);
const witness = (i: number, name = `W${i}`) => `witness ${name} ${vkeys[i]}`;

describe("a witness policy", () => {
  test("is the example of C2SP tlog-policy, with groups in groups", () => {
    const { quorum, witnesses, logs } = parseWitnessPolicy(`log ${logVkey}

witness X1 ${vkeys[0]}
witness X2 ${vkeys[1]}
witness X3 ${vkeys[2]}
group X-witnesses 2 X1 X2 X3

witness Y1 ${vkeys[3]}
witness Y2 ${vkeys[4]}
witness Y3 ${vkeys[5]}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`);
    expect(logs).toEqual([logVkey]);
    expect([...witnesses.keys()]).toEqual(["X1", "X2", "X3", "Y1", "Y2", "Y3"]);
    const enough = (...names: string[]) => isQuorum(quorum, new Set(names));
    expect(enough("X1", "X3", "Y2")).toBe(true);
    expect(enough("X1", "X2", "X3")).toBe(false);
    expect(enough("X1", "Y1", "Y2", "Y3")).toBe(false);
    expect(enough()).toBe(false);
  });

  test("may need one witness, or nobody", () => {
    const one = parseWitnessPolicy(`${witness(0)}\nquorum W0`).quorum;
    expect(isQuorum(one, new Set())).toBe(false);
    expect(isQuorum(one, new Set(["W0"]))).toBe(true);
    expect(isQuorum(parseWitnessPolicy("quorum none").quorum, new Set())).toBe(true);
  });

  test("counts k of n for any k, n and subset", () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 6 })
          .chain((n) =>
            fc.tuple(
              fc.constant(n),
              fc.integer({ min: 1, max: n }),
              fc.subarray([0, 1, 2, 3, 4, 5]),
            ),
          ),
        ([n, k, cosigned]) => {
          const all = Array.from({ length: n }, (_, i) => i);
          const text = `${all.map((i) => witness(i)).join("\n")}\ngroup g ${k} ${all.map((i) => `W${i}`).join(" ")}\nquorum g`;
          const { quorum } = parseWitnessPolicy(text);
          const members = cosigned.filter((i) => i < n).length;
          expect(isQuorum(quorum, new Set(cosigned.map((i) => `W${i}`)))).toBe(members >= k);
        },
      ),
    );
  });

  test("reads comments, blank lines, tabs, URLs and names in any script", () => {
    const text = `  # ours\n\n\twitness\t成都 ${vkeys[0]} https://w.example/ \nquorum 成都`;
    expect([...parseWitnessPolicy(text).witnesses.keys()]).toEqual(["成都"]);
  });

  test.each([
    ["no quorum", witness(0), 0],
    ["two quorums", "quorum none\nquorum none", 2],
    ["a quorum of nobody known", "quorum W9", 1],
    ["a quorum of two", `${witness(0)}\n${witness(1)}\nquorum W0 W1`, 3],
    ["an unknown word", "\nwitnesses W0", 2],
    ["a name twice", `${witness(0)}\n${witness(1, "W0")}\nquorum W0`, 2],
    ["a key twice", `${witness(0)}\n${witness(0, "W1")}\nquorum W0`, 2],
    ["a witness called none", witness(0, "none"), 1],
    ["a group called none", `${witness(0)}\ngroup none any W0`, 2],
    ["a group that is a witness", `${witness(0)}\ngroup W0 any W0`, 2],
    ["a group without members", `${witness(0)}\ngroup g any`, 2],
    ["a member twice in a group", `${witness(0)}\ngroup g 2 W0 W0`, 2],
    ["a member of two groups", `${witness(0)}\ngroup g any W0\ngroup h any W0`, 3],
    ["a group of itself", `${witness(0)}\ngroup g any g`, 2],
    ["none as a member", "group g any none", 1],
    ["a threshold of 0", `${witness(0)}\ngroup g 0 W0`, 2],
    ["a threshold above n", `${witness(0)}\ngroup g 2 W0`, 2],
    ["a threshold with a leading zero", `${witness(0)}\ngroup g 01 W0`, 2],
    ["a key of a log as a witness", `witness W0 ${logVkey}`, 1],
    ["a key of a witness as a log", `log ${vkeys[0]}`, 1],
    ["a log twice", `log ${logVkey}\nlog ${logVkey}`, 2],
    ["a witness without a name", `witness ${vkeys[0]}`, 1],
    ["too many words", `${witness(0)} https://x.example more`, 1],
    ["a carriage return", `${witness(0)}\r\nquorum W0`, 1],
  ])("is refused with %s, and the error names the line", (_, text, line) => {
    const named = expect.objectContaining({ code: "ERR_WITNESS_POLICY", details: { line } });
    expect(() => parseWitnessPolicy(text)).toThrow(named);
  });

  test("has at most 64 groups and 64 KiB", () => {
    const groups = (n: number) =>
      Array.from({ length: n }, (_, i) => `group g${i} any ${i === 0 ? "W0" : `g${i - 1}`}`);
    const text = (n: number) => [witness(0), ...groups(n), `quorum g${n - 1}`].join("\n");
    expect(isQuorum(parseWitnessPolicy(text(64)).quorum, new Set(["W0"]))).toBe(true);
    expect(() => parseWitnessPolicy(text(65))).toThrow();
    expect(() => parseWitnessPolicy(`#${"a".repeat(64 * 1024)}\nquorum none`)).toThrow();
  });

  test("of any text is read or refused with a code", () => {
    const words = fc.constantFrom(
      "log",
      "witness",
      "group",
      "quorum",
      "none",
      "any",
      "all",
      "1",
      "a",
      "b",
      "#",
      vkeys[0] ?? "",
      "\t",
    );
    const line = fc.array(words, { maxLength: 6 }).map((each) => each.join(" "));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        try {
          parseWitnessPolicy(lines.join("\n"));
        } catch (error) {
          if (!isTributaryError(error, "ERR_WITNESS_POLICY")) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
