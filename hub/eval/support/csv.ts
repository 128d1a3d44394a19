/**
 * Tables of comma-separated values, RFC 4180.
 *
 * @module
 */

/** Rows as values by column. */
export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** Reads a table with a header. Values and titles lose the spaces around them; short rows end with empty values. */
export function parseCsv(text: string): CsvTable {
  const [header = [], ...lines] = linesOf(text.replace(/^\ufeff/, ""));
  const columns = header.map((title) => title.trim());
  const rows = lines
    .filter((line) => line.length > 1 || line[0] !== "")
    .map((line) =>
      Object.fromEntries(columns.map((column, i) => [column, (line[i] ?? "").trim()])),
    );
  return { columns, rows };
}

function linesOf(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let value = "";
  let isQuoted = false;
  const endLine = () => {
    lines.push([...line, value]);
    line = [];
    value = "";
  };
  for (let i = 0; i < text.length; i++) {
    const sign = text[i] as string;
    if (isQuoted) {
      if (sign !== '"') value += sign;
      else if (text[i + 1] === '"') {
        value += '"';
        i += 1;
      } else isQuoted = false;
    } else if (sign === '"' && value.trim() === "") {
      value = "";
      isQuoted = true;
    } else if (sign === ",") {
      line.push(value);
      value = "";
    } else if (sign === "\n") endLine();
    else if (sign !== "\r") value += sign;
  }
  if (value !== "" || line.length > 0) endLine();
  return lines;
}
