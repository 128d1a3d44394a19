import { formatVkey, generateSigningKey } from "@tributary/proto";
import { beforeAll, expect, test } from "vitest";
import { type JoinCode, parseJoinCode } from "./join-code.ts";

let code: JoinCode;

beforeAll(async () => {
  const { publicKey } = await generateSigningKey();
  code = {
    hub: "127.0.0.1:7443",
    origin: "hub.test/tributary",
    vkey: formatVkey("hub.test/tributary", publicKey),
    center: "center-a",
    secret: "s3cret",
    tls: false,
  };
});

const lineOf = (value: unknown) =>
  `tributary-join-1.${Buffer.from(JSON.stringify(value)).toString("base64url")}`;

test("reads the line, with what people copy around it", () => {
  expect(parseJoinCode(lineOf(code))).toEqual(code);
  expect(parseJoinCode(`\r\n 加入码:\n  ${lineOf(code)} \n\n`)).toEqual(code);
});

test("takes fields of a later version", () => {
  expect(parseJoinCode(lineOf({ ...code, expiresAtMs: 5 }))).toEqual(code);
});

test("refuses anything else, and never repeats it", () => {
  const wrong = [
    "",
    "hello",
    lineOf(code).slice(0, -4),
    `${lineOf(code)} ${lineOf(code)}`,
    lineOf(code).replace("-1.", "-2."),
    ...(["hub", "origin", "vkey", "center", "secret", "tls"] as const).flatMap((name) => [
      lineOf({ ...code, [name]: undefined }),
      lineOf({ ...code, [name]: "" }),
    ]),
    lineOf({ ...code, hub: "http://x:1" }),
    lineOf({ ...code, center: "A" }),
    lineOf({ ...code, vkey: `${code.vkey}x` }),
  ];
  for (const text of wrong) {
    let message = "";
    expect(() => {
      try {
        parseJoinCode(text);
      } catch (error) {
        message = String(error);
        throw error;
      }
    }, text).toThrow(expect.objectContaining({ code: "ERR_JOIN_CODE" }));
    expect(message).not.toContain("s3cret");
  }
});
