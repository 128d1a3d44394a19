/**
 * Writes the vectors of this folder, and the table of errors in ../README.md.
 *
 * Run: node --conditions=source proto/vectors/make.ts
 *
 * The files in external/ are not made here: they are known answers from elsewhere, and say from where. Vectors show
 * that implementations agree; README.md and the .proto files say who is right.
 *
 * @module
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ERROR_CODES, errorStatus, isErrorCode } from "@tributary/proto";
import { batchVectors, frameVectors, headerVectors } from "./make/batches.ts";
import { epochVectors } from "./make/epochs.ts";
import type { VectorFile } from "./make/json.ts";
import {
  checkpointVectors,
  entryVectors,
  evidenceVectors,
  merkleVectors,
  receiptVectors,
  tileVectors,
} from "./make/log.ts";
import { misbehaviourVectors } from "./make/misbehaviour.ts";
import { bodyVectors, nameVectors, recordVectors } from "./make/records.ts";
import { statementVectors } from "./make/statements.ts";
import { addCheckpointVectors, cosignatureVectors } from "./make/witness.ts";

const FOLDER = import.meta.dirname;
const README = join(FOLDER, "../README.md");

/** The generated files, by name. */
export async function vectorFiles(): Promise<Readonly<Record<string, VectorFile>>> {
  return {
    "add-checkpoint.json": addCheckpointVectors(),
    "batches.json": await batchVectors(),
    "bodies.json": bodyVectors(),
    "checkpoints.json": await checkpointVectors(),
    "cosignatures.json": cosignatureVectors(),
    "epochs.json": epochVectors(),
    "errors.json": errorVectors(),
    "evidence.json": await evidenceVectors(),
    "frames.json": frameVectors(),
    "headers.json": headerVectors(),
    "log-entries.json": entryVectors(),
    "merkle.json": merkleVectors(),
    "misbehaviour.json": await misbehaviourVectors(),
    "names.json": nameVectors(),
    "receipts.json": receiptVectors(),
    "records.json": recordVectors(),
    "statements.json": await statementVectors(),
    "tiles.json": tileVectors(),
  };
}

/** A file as it is written. */
export function formatVectorFile(file: VectorFile): string {
  return `${JSON.stringify(file, null, 1)}\n`;
}

function errorVectors(): VectorFile {
  return {
    description:
      "Error codes: the status that a caller sees over gRPC and HTTP, and whether to try again.",
    errors: Object.entries(ERROR_CODES).map(([code, status]) => ({
      code,
      status,
      ...errorStatus(code),
    })),
  };
}

const BEGIN = "<!-- errors: written by vectors/make.ts -->\n";
const END = "<!-- end of errors -->\n";

/** README.md with its table of errors as the comments in errors.ts say. */
export function withErrorTable(readme: string): string {
  const source = readFileSync(join(FOLDER, "../src/errors.ts"), "utf8");
  const rows: string[] = [];
  const line = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+(ERR_[A-Z0-9_]+): "(\w+)"|^ {2}\/\/ (.+)$/gm;
  for (const [, comment = "", code = "", status = "", area] of source.matchAll(line)) {
    if (area !== undefined) {
      rows.push(`| **${area}** | | | |`);
    } else if (isErrorCode(code)) {
      const meaning = comment.replace(/\s*\n\s*\*?\s*/g, " ").trim();
      const retry = errorStatus(code).retryable ? "again, after a pause" : "no";
      rows.push(`| \`${code}\` | ${meaning} | \`${status}\` | ${retry} |`);
    }
  }
  const table = ["| code | meaning | status | retry |", "|---|---|---|---|", ...rows].join("\n");
  const [before = ""] = readme.split(BEGIN, 1);
  return `${before}${BEGIN}\n${table}\n\n${END}${readme.slice(readme.indexOf(END) + END.length)}`;
}

if (import.meta.main) {
  for (const [name, file] of Object.entries(await vectorFiles())) {
    writeFileSync(join(FOLDER, name), formatVectorFile(file));
  }
  writeFileSync(README, withErrorTable(readFileSync(README, "utf8")));
}
