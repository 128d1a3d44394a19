/**
 * Which kind of source a path is, told by its name.
 *
 * @module
 */

import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { TributaryError } from "@tributary/proto";
import { exists } from "../adapters/agent-folder.ts";
import type { SourceConfig } from "../sources/spec.ts";

const TYPES: Readonly<Record<string, SourceConfig["type"]>> = {
  ".csv": "csv",
  ".tsv": "csv",
  ".txt": "csv",
  ".xlsx": "excel",
  ".xlsm": "excel",
  ".xls": "excel",
  ".json": "json",
  ".ndjson": "json",
  ".jsonl": "json",
  ".db": "sqlite",
  ".sqlite": "sqlite",
  ".sqlite3": "sqlite",
};

/**
 * The configuration of the source at a path: a file, or `sqlite:PATH` for a database with another name.
 *
 * @throws {TributaryError} `ERR_UNSUPPORTED` if its kind cannot be told.
 */
export function sourceAt(path: string): SourceConfig {
  const dsn = /^sqlite:(?:\/\/)?(.+)$/.exec(path)?.[1];
  if (dsn !== undefined) return { type: "sqlite", path: dsn };
  const type = TYPES[extname(path).toLowerCase()];
  if (type !== undefined) return { type, path };
  throw new TributaryError(
    "ERR_UNSUPPORTED",
    `what ${path} is cannot be told from its name; known are ${Object.keys(TYPES).join(" ")}, and sqlite:PATH`,
    {
      messageZh: `无法从名称判断 ${path} 的类型；支持 ${Object.keys(TYPES).join(" ")}，以及 sqlite:路径`,
    },
  );
}

/**
 * The sources at a path: itself, or the files of a folder whose kind is known; lock files of office programs are left
 * out.
 *
 * @throws {TributaryError} `ERR_SOURCE_MISSING` if there is nothing; as {@link sourceAt} for a file.
 */
export async function sourcesAt(path: string): Promise<SourceConfig[]> {
  if (!path.startsWith("sqlite:") && !/[*?]/.test(path)) {
    if (!(await exists(path))) {
      throw new TributaryError("ERR_SOURCE_MISSING", `${path} does not exist`, {
        messageZh: `${path} 不存在`,
      });
    }
    if ((await stat(path)).isDirectory()) {
      const names = await readdir(path);
      return names
        .filter(
          (name) => !name.startsWith("~$") && TYPES[extname(name).toLowerCase()] !== undefined,
        )
        .sort()
        .map((name) => sourceAt(join(path, name)));
    }
  }
  return [sourceAt(path)];
}
