/**
 * From what the hub sends to domain values.
 *
 * @module
 */

import { ClientError } from "./errors.ts";

/** @throws {ClientError} `ERR_PROTOCOL` for what this version cannot read, mostly from a newer hub. */
export function readAnswer<Value, Answer>(
  codec: { readonly decode: (answer: Answer) => Value },
  answer: Answer,
): Value {
  try {
    return codec.decode(answer);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ClientError("ERR_PROTOCOL", `this version cannot read the hub's answer: ${problem}`, {
      cause,
      messageZh: "当前版本无法读取枢纽的响应，请升级 SDK",
    });
  }
}
