/**
 * What a hub does before it opens its stores, and after it has closed them.
 *
 * LevelDB ends the process where it merges a damaged table, and would do so again at every start. So lives that end without
 * a word are counted: after two in a row all files are compared with their checksums, at about 400 MiB a second, before
 * anything is opened. One such end is what a power cut or a `kill -9` leaves, and costs no time.
 *
 * @module
 */

import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { type DamagedFile, TributaryError } from "@tributary/proto";
import { beginLife, type DataFolder, endLife, readUncleanEnds } from "./data-folder.ts";
import { discardDamaged } from "./level-damage.ts";
import { damagedFilesOf } from "./level-files.ts";

const ENDS_BEFORE_A_CHECK = 2;

/** To be disposed of when all stores are closed. */
export class StoreLife implements AsyncDisposable {
  readonly #folder: DataFolder;
  readonly #ends: number;
  #isBegun = false;

  private constructor(folder: DataFolder, ends: number) {
    this.#folder = folder;
    this.#ends = ends;
  }

  /**
   * For who is about to open the log.
   *
   * @throws {TributaryError} `ERR_STORE_DAMAGED` if files of the log were compared and are damaged.
   */
  static async open(folder: DataFolder): Promise<StoreLife> {
    const life = new StoreLife(folder, await readUncleanEnds(folder));
    if (life.#isChecked) await requireWholeLog(folder.logFolder);
    return life;
  }

  get #isChecked(): boolean {
    return this.#ends >= ENDS_BEFORE_A_CHECK;
  }

  /**
   * For who has opened the log, so that no other process has these stores, and no store yet that is made from it: damaged
   * ones are deleted.
   *
   * @param onDiscarded Hears why, in English.
   */
  async begin(onDiscarded: (reason: string) => void): Promise<void> {
    if (this.#isChecked) await discardDamagedStores(this.#folder, onDiscarded);
    await discardDamaged(this.#folder.catalogFolder);
    await beginLife(this.#folder, this.#isChecked ? 0 : this.#ends);
    this.#isBegun = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isBegun) await endLife(this.#folder);
  }
}

async function requireWholeLog(logFolder: string): Promise<void> {
  const [damaged] = await damagedFilesOf(logFolder);
  if (damaged !== undefined) throw damagedLog(damaged);
}

async function discardDamagedStores(
  { catalogFolder, indexFolder, semanticFolder }: DataFolder,
  onDiscarded: (reason: string) => void,
): Promise<void> {
  for (const store of [catalogFolder, indexFolder, semanticFolder, `${semanticFolder}-vectors`]) {
    const [damaged] = await damagedFilesOf(store);
    if (damaged === undefined) continue;
    await rm(store, { recursive: true, force: true });
    onDiscarded(`${basename(store)}/${damaged.name}: ${damaged.problem}`);
  }
}

function damagedLog({ name, problem }: DamagedFile): TributaryError {
  return new TributaryError(
    "ERR_STORE_DAMAGED",
    `the log's store is damaged: ${name}: ${problem}. Keep a copy of the data folder and run: tributary-hub fsck`,
    {
      messageZh: `日志存储已损坏：${name}：${problem}。请保留数据目录副本并运行：tributary-hub fsck`,
    },
  );
}
