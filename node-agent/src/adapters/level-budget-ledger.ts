/**
 * {@link BudgetLedger} in LevelDB: one synced write an entry, under its position as 8 bytes, big-endian.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import { Level } from "level";
import type { BudgetLedger } from "../ports/budget-ledger.ts";
import { isDiskFull, isLocked, reasonOf } from "./level-errors.ts";
import { damagedTableIn } from "./level-files.ts";

type Database = Level<Uint8Array, Uint8Array>;

/**
 * Opens the ledger in `folder`, which is made if it is missing. It must be a folder that nobody is told to delete or to
 * restore alone: a ledger that is lost forgets what was spent.
 *
 * @throws {TributaryError} `ERR_FOLDER_IN_USE` if another process has it open, `ERR_STORE_FULL`,
 * `ERR_STORE_DAMAGED` if a table is damaged, LevelDB cannot open it or an entry is missing.
 */
export async function openLevelBudgetLedger(folder: string): Promise<BudgetLedger> {
  const found = await damagedTableIn(folder);
  if (found !== undefined) throw damaged(found);
  const database: Database = new Level(folder, { keyEncoding: "view", valueEncoding: "view" });
  try {
    await database.open();
  } catch (error) {
    throw openError(error, folder);
  }
  try {
    return new LevelBudgetLedger(database, (await readEntries(database)).length);
  } catch (error) {
    await database.close();
    throw error;
  }
}

class LevelBudgetLedger implements BudgetLedger {
  readonly #database: Database;
  #length: number;
  #failure: unknown;

  constructor(database: Database, length: number) {
    this.#database = database;
    this.#length = length;
  }

  entries(): Promise<readonly Uint8Array[]> {
    return readEntries(this.#database);
  }

  async append(position: number, entry: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw failed(this.#failure);
    if (position !== this.#length) {
      throw new TributaryError(
        "ERR_LOG_CONFLICT",
        `the budget ledger has ${this.#length} entries, not ${position}`,
      );
    }
    // Taken before the write, so that a second append cannot get the same position meanwhile.
    this.#length += 1;
    try {
      await this.#database.put(keyOf(position), entry.slice(), { sync: true });
    } catch (error) {
      this.#failure = error;
      throw isDiskFull(error) ? full(error) : failed(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database.close();
  }
}

async function readEntries(database: Database): Promise<readonly Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for await (const [key, value] of database.iterator()) {
    if (!isKeyOf(entries.length, key)) throw damaged(`entry ${entries.length} is missing`);
    entries.push(Uint8Array.from(value));
  }
  return entries;
}

function keyOf(position: number): Uint8Array {
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigUint64(0, BigInt(position));
  return key;
}

function isKeyOf(position: number, key: Uint8Array): boolean {
  return (
    key.length === 8 &&
    new DataView(key.buffer, key.byteOffset).getBigUint64(0) === BigInt(position)
  );
}

function openError(error: unknown, folder: string): TributaryError {
  if (isLocked(error)) {
    return new TributaryError("ERR_FOLDER_IN_USE", `another process is using ${folder}`, {
      messageZh: `另一个进程正在使用 ${folder}`,
      cause: error,
    });
  }
  const reason = reasonOf(error);
  return isDiskFull(reason) ? full(reason) : damaged("it cannot be opened", error);
}

function full(cause: unknown): TributaryError {
  return new TributaryError(
    "ERR_STORE_FULL",
    "the disk with the privacy budget ledger is full; free some space and start the agent again",
    { messageZh: "隐私预算账本所在磁盘已满；请清理空间后重新启动", cause },
  );
}

function failed(cause: unknown): TributaryError {
  return new TributaryError(
    "ERR_STORE_FAILED",
    "a write to the privacy budget ledger failed; start the agent again",
    { messageZh: "隐私预算账本写入失败；请重新启动", cause },
  );
}

function damaged(what: string, cause?: unknown): TributaryError {
  return new TributaryError(
    "ERR_STORE_DAMAGED",
    `the privacy budget ledger is damaged (${what}); restore its newest backup, or leave noised answers off: what was spent is not known`,
    {
      messageZh: `隐私预算账本已损坏（${what}）；请恢复最新备份，否则应停用加噪查询：已用预算无法确定`,
      cause,
    },
  );
}
