/**
 * Excel workbooks as people keep them: header below titles, merged cells, totals, hidden sheets, several files.
 *
 * @module
 */

import { access } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isTributaryError } from "@tributary/proto";
import { fold } from "@tributary/proto/vocabulary";
import type {
  DiscoveredTable,
  Source,
  SourceCheck,
  SourceRow,
  SourceType,
} from "../ports/source.ts";
import { TableSurvey } from "../sources/discovery.ts";
import { sourceLocked, tableMissing } from "../sources/source-error.ts";
import { type ExcelConfig, excelSpec } from "../sources/spec.ts";
import { tableRows } from "../sources/table-rows.ts";
import { assertUnchanged, findFiles, fingerprintOf, firstBytes, stateOf } from "./source-files.ts";
import type { Workbook } from "./workbook.ts";
import { openXls } from "./xls-workbook.ts";
import { openXlsx } from "./xlsx-workbook.ts";

/** Sources of type `excel`. Each sheet is a table; sheets of one name in several files are one table. */
export const excelSourceType: SourceType<ExcelConfig> = {
  type: "excel",
  spec: excelSpec,
  open: (config, folder) => new ExcelSource(config, folder),
};

class ExcelSource implements Source {
  readonly #config: ExcelConfig;
  readonly #folder: string;

  constructor(config: ExcelConfig, folder: string) {
    this.#config = config;
    this.#folder = folder;
  }

  async check(signal: AbortSignal): Promise<SourceCheck> {
    try {
      const english: string[] = [];
      const chinese: string[] = [];
      for (const file of await this.#files()) {
        await using workbook = await openWorkbook(file, signal);
        const sheets = workbook.sheets.map(({ name }) => name).join(", ");
        const isOpen = await isOpenElsewhere(file);
        english.push(
          `${basename(file)}: ${sheets}${isOpen ? " (open in another program; the last saved state is read)" : ""}`,
        );
        chinese.push(
          `${basename(file)}：${sheets}${isOpen ? "（正被其他程序打开，读取的是最近一次保存的内容）" : ""}`,
        );
      }
      return {
        ok: true,
        message: `readable: ${english.join("; ")}`,
        messageZh: `可读取：${chinese.join("；")}`,
      };
    } catch (error) {
      if (!isTributaryError(error)) throw error;
      return { ok: false, message: error.message, messageZh: error.messageZh };
    }
  }

  async *discover(signal: AbortSignal): AsyncGenerator<DiscoveredTable> {
    const files = await this.#files();
    for (const file of files) {
      const before = await stateOf(file);
      await using workbook = await openWorkbook(file, signal);
      for (const { name, isHidden } of workbook.sheets) {
        signal.throwIfAborted();
        const survey = new TableSurvey();
        const notes = isHidden ? ["hidden sheet / 隐藏的工作表"] : [];
        let headerRow = 0;
        const rows = await this.#rowsOf(workbook, name, {
          signal,
          file: files.length > 1 ? basename(file) : undefined,
          onNote: (note) => notes.push(note),
          onHeader: (row) => {
            headerRow = row;
          },
        });
        for await (const some of rows) for (const row of some) survey.add(row);
        yield survey.result({
          table: name,
          headerRow,
          notes,
          ...(files.length > 1 && { file: basename(file) }),
        });
      }
      await assertUnchanged(file, before);
    }
  }

  async fingerprint(signal: AbortSignal): Promise<string> {
    const parts: string[] = [];
    for (const file of await this.#files()) {
      parts.push(`${basename(file)}=${await fingerprintOf(file, signal)}`);
    }
    return parts.join("\n");
  }

  async *read(table: string, signal: AbortSignal): AsyncGenerator<SourceRow> {
    const files = await this.#files();
    const known = new Set<string>();
    let isFound = false;
    for (const file of files) {
      const before = await stateOf(file);
      await using workbook = await openWorkbook(file, signal);
      for (const { name } of workbook.sheets) known.add(name);
      const sheet = findSheet(workbook, table);
      if (sheet === undefined) continue;
      isFound = true;
      const name = files.length > 1 ? basename(file) : undefined;
      const rows = await this.#rowsOf(workbook, sheet, { signal, file: name });
      for await (const some of rows) {
        for (const row of some) {
          signal.throwIfAborted();
          yield row.table === table ? row : { ...row, table };
        }
      }
      signal.throwIfAborted();
      await assertUnchanged(file, before);
    }
    if (!isFound) throw tableMissing(this.#config.path, table, [...known]);
  }

  #files(): Promise<readonly string[]> {
    return findFiles(this.#folder, this.#config.path);
  }

  async #rowsOf(
    workbook: Workbook,
    sheet: string,
    options: SheetOptions,
  ): Promise<AsyncIterable<readonly SourceRow[]>> {
    const { signal, file, onNote, onHeader } = options;
    const sheets = this.#config.sheets ?? {};
    const own = Object.keys(sheets).find((name) => fold(name) === fold(sheet));
    const { merges, rows } = await workbook.openSheet(sheet, signal);
    return tableRows(rows({ signal, onNote }), {
      table: sheet,
      file,
      settings: own === undefined ? {} : sheets[own],
      merges,
      onNote,
      onHeader: ({ lastRow }) => onHeader?.(lastRow),
    });
  }
}

interface SheetOptions {
  readonly signal: AbortSignal;
  readonly file: string | undefined;
  readonly onNote?: (note: string) => void;
  readonly onHeader?: (row: number) => void;
}

/** By what the file is, since files of one format are saved under the name of another. */
async function openWorkbook(file: string, signal: AbortSignal): Promise<Workbook> {
  const head = await firstBytes(file, 4);
  const isZip = head[0] === 0x50 && head[1] === 0x4b;
  try {
    return await (isZip || head.length === 0 ? openXlsx(file, signal) : openXls(file, signal));
  } catch (error) {
    // A damaged workbook that is open elsewhere is most likely being saved right now.
    const isDamaged = isTributaryError(error, "ERR_SOURCE_UNREADABLE");
    if (isDamaged && (await isOpenElsewhere(file))) throw sourceLocked(basename(file), error);
    throw error;
  }
}

/** Office programs put a lock file `~$NAME` beside a workbook that they have open; from the third letter for long names. */
async function isOpenElsewhere(file: string): Promise<boolean> {
  const name = basename(file);
  for (const lock of [`~$${name}`, `~$${name.slice(2)}`]) {
    const isThere = await access(join(dirname(file), lock)).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
  }
  return false;
}

/** The sheet of that name; one that differs only in width, case or spaces will do. */
function findSheet(workbook: Workbook, table: string): string | undefined {
  const names = workbook.sheets.map(({ name }) => name);
  return names.find((name) => name === table) ?? names.find((name) => fold(name) === fold(table));
}
