import { describe, expect, test } from "vitest";
import { parseHubUrl } from "./hub-url.ts";

describe("parseHubUrl", () => {
  test.each([
    ["grpc://127.0.0.1:7443", { transport: "grpc", target: "127.0.0.1:7443", isSecure: false }],
    ["grpcs://hub.example:443/", { transport: "grpc", target: "hub.example:443", isSecure: true }],
    ["grpc://[::1]:7443", { transport: "grpc", target: "[::1]:7443", isSecure: false }],
    ["http://localhost:8080", { transport: "connect", baseUrl: "http://localhost:8080" }],
    ["https://hub.example/base//", { transport: "connect", baseUrl: "https://hub.example/base" }],
  ])("reads %s", (text, expected) => {
    expect(parseHubUrl(text)).toEqual(expected);
  });

  test.each([
    "",
    "hub.example:7443",
    "grpc://hub.example",
    "grpc://hub.example:7443/path",
    "ftp://hub.example",
    "http://user:secret@hub.example",
    "https://hub.example/?q=1",
    "https://hub.example/#x",
    "javascript:alert(1)",
  ])("refuses %j", (text) => {
    expect(() => parseHubUrl(text)).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT_INVALID" }),
    );
  });

  test("does not repeat a password in its message", () => {
    expect(() => parseHubUrl("http://user:s3cret@hub.example")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("s3cret") }),
    );
  });
});
