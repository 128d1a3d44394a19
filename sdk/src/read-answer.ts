/**
 * From messages of the hub to domain values.
 *
 * @module
 */

import type { Message } from "@bufbuild/protobuf";
import { ClientError } from "./errors.ts";

/** @throws {ClientError} `ERR_PROTOCOL` for a message that this version cannot read, mostly from a newer hub. */
export function readAnswer<Value, Answer extends Message>(
  codec: { readonly decode: (message: Answer) => Value },
  message: Answer,
): Value {
  try {
    return codec.decode(message);
  } catch (cause) {
    throw new ClientError(
      "ERR_PROTOCOL",
      `the hub's ${message.$typeName} cannot be read by this version: ${cause instanceof Error ? cause.message : cause}`,
      { cause, messageZh: "当前版本无法读取枢纽的响应，请升级 SDK" },
    );
  }
}
