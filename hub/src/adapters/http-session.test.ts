import { describe, expect, test } from "vitest";
import { carrierOf } from "./http-session.ts";

const SECRET = `${"a-_9".repeat(10)}abc`;

function open(headers: Readonly<Record<string, string>>) {
  const cookies: string[] = [];
  const carrier = carrierOf(
    (name) => headers[name],
    (value) => cookies.push(value),
  );
  return { carrier, cookies };
}

describe("a session's cookie", () => {
  test("is out of reach of scripts and of other sites", () => {
    const { carrier, cookies } = open({ "sec-fetch-site": "same-origin" });
    carrier?.set(SECRET, Date.UTC(2026, 0, 1));
    carrier?.clear();
    expect(cookies).toEqual([
      `tributary_session=${SECRET}; Path=/; HttpOnly; SameSite=Strict; Expires=Thu, 01 Jan 2026 00:00:00 GMT`,
      "tributary_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
    ]);
  });

  test("stays on TLS where a proxy adds it", () => {
    const { carrier, cookies } = open({
      "sec-fetch-site": "same-origin",
      "x-forwarded-proto": "https",
    });
    carrier?.set(SECRET, 0);
    expect(cookies[0]).toContain("; Secure;");
  });

  test.each([
    [`tributary_session=${SECRET}`, SECRET],
    [`other=1; tributary_session=${SECRET}; more=2`, SECRET],
    [`x_tributary_session=${SECRET}`, undefined],
    [`tributary_session=${SECRET}x`, undefined],
    ["tributary_session=", undefined],
    ["", undefined],
  ])("is read from %j", (cookie, secret) => {
    expect(open({ "sec-fetch-site": "same-origin", cookie }).carrier?.secret).toBe(secret);
  });

  test.each([
    [{ "sec-fetch-site": "same-origin" }, true],
    [{ "sec-fetch-site": "same-site", origin: "http://h:1", host: "h:1" }, false],
    [{ "sec-fetch-site": "cross-site" }, false],
    [{ "sec-fetch-site": "none" }, false],
    [{ origin: "http://h:1", host: "h:1" }, true],
    [{ origin: "http://h:2", host: "h:1" }, false],
    [{ origin: "null", host: "h:1" }, false],
    [{ host: "h:1" }, false],
  ])("is believed from %j: %s", (headers, isBelieved) => {
    expect(open(headers).carrier !== undefined).toBe(isBelieved);
  });
});
