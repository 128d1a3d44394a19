/**
 * Files that an operator gives to a command.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { TributaryError } from "@tributary/proto";

/** The text of a file. @throws {TributaryError} `ERR_NOT_FOUND` if it cannot be read. */
export async function readInputFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new TributaryError("ERR_NOT_FOUND", `${file} cannot be read`, {
      messageZh: `无法读取 ${file}`,
      cause,
    });
  }
}
