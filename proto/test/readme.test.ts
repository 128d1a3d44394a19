import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ERROR_CODES,
  errorStatus,
  MAX_BATCH_RECORDS,
  MAX_BODY_BYTES,
  MAX_BODY_DEPTH,
  MAX_BODY_ELEMENTS,
  MAX_FRAME_BYTES,
  MAX_HEADER_BYTES,
  MAX_NATS_FRAME_BYTES,
  MAX_QUERY_LENGTH,
  MAX_RECORD_BYTES,
  TARGET_BATCH_BYTES,
  TARGET_BATCH_RECORDS,
  type TributaryErrorCode,
} from "@tributary/proto";
import { expect, test } from "vitest";
import { withErrorTable } from "../vectors/make.ts";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");

test("the table of errors has each code once, with a meaning and the right advice; run vectors/make.ts", () => {
  const rows = [...readme.matchAll(/^\| `(ERR_\w+)` \| (.+) \| `(\w+)` \| (.+) \|$/gm)];
  expect(rows.map(([, code]) => code)).toEqual(Object.keys(ERROR_CODES));
  for (const [, code = "", meaning = "", status, retry] of rows) {
    expect(meaning.length, code).toBeGreaterThan(20);
    expect(status).toBe(ERROR_CODES[code as TributaryErrorCode]);
    expect(retry).toBe(errorStatus(code).retryable ? "again, after a pause" : "no");
  }
  expect(withErrorTable(readme)).toBe(readme);
});

test("every code that the text names exists", () => {
  for (const [code] of readme.matchAll(/ERR_[A-Z_]+/g)) {
    expect(Object.keys(ERROR_CODES)).toContain(code);
  }
});

test.each([
  [`${MAX_BODY_BYTES / 1024} KiB`],
  [`${MAX_RECORD_BYTES / 1024} KiB`],
  [`${MAX_BODY_ELEMENTS.toLocaleString("en")} elements`],
  [`${MAX_BODY_DEPTH}\nmessages of depth`],
  [`${MAX_BATCH_RECORDS.toLocaleString("en")} records`],
  [`${MAX_HEADER_BYTES.toLocaleString("en")} bytes`],
  [`${MAX_FRAME_BYTES / 1024 / 1024} MiB over gRPC`],
  [`${MAX_NATS_FRAME_BYTES / 1024} KiB over\nNATS`],
  [`${TARGET_BATCH_RECORDS.toLocaleString("en")} records, ${TARGET_BATCH_BYTES / 1024} KiB`],
  [`text ${MAX_QUERY_LENGTH.toLocaleString("en")}`],
])("the text has the limit %j that the code has", (limit) => {
  expect(readme).toContain(limit);
});
