/**
 * Reads mapping files: how the rows of one source become records, as a person writes it down.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import { type HubTerms, SHARED_TERMS } from "@tributary/proto/vocabulary";
import { type Document, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { checkMapping, type FileProblem } from "./mapping-problems.ts";
import type { Mapping } from "./mapping-spec.ts";

/** In characters; a file that is longer is no mapping. */
const MAX_FILE_LENGTH = 1_000_000;
/** Values that aliases may unfold into; more is an attack. */
const MAX_ALIASES = 100;

/**
 * Reads a mapping file.
 *
 * @param fileName For messages.
 * @param terms The vocabulary as the hub has it.
 * @throws {TributaryError} `ERR_CONFIG_INVALID` with one line a problem: the place, what is wrong, what was probably
 * meant.
 */
export function loadMapping(
  text: string,
  fileName: string,
  terms: HubTerms = SHARED_TERMS,
): Mapping {
  if (text.length > MAX_FILE_LENGTH) {
    throw invalid(fileName, [
      {
        message: `the file has more than ${MAX_FILE_LENGTH} characters`,
        messageZh: `文件超过 ${MAX_FILE_LENGTH} 个字符`,
      },
    ]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw invalid(
      fileName,
      document.errors.map(({ message, pos }) => ({
        line: lines.linePos(pos[0]).line,
        message,
        messageZh: `不是有效的 YAML：${message}`,
      })),
    );
  }
  const value = unfold(document, fileName);
  const forbidden = forbiddenNames(document, lines);
  if (forbidden.length > 0) throw invalid(fileName, forbidden);
  const checked = checkMapping(value, terms);
  if ("mapping" in checked) return checked.mapping;
  const { problems } = checked;
  throw invalid(
    fileName,
    problems.map(({ path, ...problem }) => ({ ...problem, line: lineOf(path) })),
  );

  /** Line of the nearest thing that the file has. */
  function lineOf(path: readonly PropertyKey[]): number | undefined {
    for (let depth = path.length; depth > 0; depth -= 1) {
      const key = path[depth - 1];
      const parent: unknown = document.getIn(path.slice(0, depth - 1), true);
      const node = keyNode(parent, key) ?? document.getIn(path.slice(0, depth), true);
      const range = (node as { range?: readonly number[] } | undefined)?.range;
      if (range?.[0] !== undefined) return lines.linePos(range[0]).line;
    }
    return undefined;
  }
}

/**
 * The document as a plain value.
 *
 * @throws {TributaryError} `ERR_CONFIG_INVALID` if an alias has no anchor or unfolds into more than a file can mean.
 */
function unfold(document: Document.Parsed, fileName: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const line = { message: why, messageZh: `无法展开引用：${why}` };
    throw invalid(fileName, [line], cause);
  }
}

/**
 * The lines that give something the name `__proto__`: objects take it for something else, so readers of objects leave
 * it out without a word.
 */
function forbiddenNames(document: Document.Parsed, lines: LineCounter): readonly Line[] {
  const found: Line[] = [];
  visit(document, {
    Pair: (_, { key }) => {
      if (!isScalar(key) || key.value !== "__proto__") return;
      found.push({
        line: key.range ? lines.linePos(key.range[0]).line : undefined,
        message: "__proto__ cannot be a name here",
        messageZh: "__proto__ 不能用作名称",
      });
    },
  });
  return found;
}

/** The key of a map, where it stands: a value may begin lines below it. */
function keyNode(parent: unknown, key: PropertyKey | undefined): unknown {
  const pairs = (parent as { items?: readonly { key?: { value?: unknown } }[] } | undefined)?.items;
  return pairs?.find((pair) => pair?.key?.value === key)?.key;
}

interface Line extends Omit<FileProblem, "path"> {
  readonly line?: number | undefined;
}

function invalid(fileName: string, problems: readonly Line[], cause?: unknown): TributaryError {
  const place = ({ line }: Line) => (line === undefined ? fileName : `${fileName}:${line}`);
  return new TributaryError(
    "ERR_CONFIG_INVALID",
    problems.map((problem) => `${place(problem)}: ${problem.message}`).join("\n"),
    {
      messageZh: problems.map((problem) => `${place(problem)}：${problem.messageZh}`).join("\n"),
      ...(cause !== undefined && { cause }),
    },
  );
}
