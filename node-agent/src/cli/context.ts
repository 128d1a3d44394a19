/**
 * What all commands share: the options that each has, and how it answers.
 *
 * @module
 */

import { resolve } from "node:path";
import { toJson } from "../report/json-text.ts";
import type { Bilingual, CommandIo, Language } from "./io.ts";

/** Options of every command. */
export interface CommonOptions {
  /** Folder of the agent; absolute. */
  readonly folder: string;
  readonly json: boolean;
  readonly language: Language;
}

/** One run of one command. */
export interface CommandContext {
  readonly io: CommandIo;
  readonly options: CommonOptions;
  /** Writes a result: JSON with `--json`, the text otherwise. */
  readonly result: (value: object, text: () => string) => void;
  /** Writes a message for people. */
  readonly say: (text: Bilingual) => void;
  /** The text in the user's language. */
  readonly t: (text: Bilingual) => string;
}

export function createContext(io: CommandIo, options: CommonOptions): CommandContext {
  const t = (text: Bilingual) => text[options.language];
  return {
    io,
    options,
    t,
    say: (text) => io.err(t(text)),
    result: (value, text) => io.out(options.json ? toJson(value) : text()),
  };
}

/** The user's language: the option, else LC_ALL, LC_MESSAGES, LANG. */
export function languageOf(given: string | undefined, env: CommandIo["env"]): Language {
  if (given === "zh" || given === "en") return given;
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return locale.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** A time for people: local, to the second. */
export function timeText(ms: number | undefined): string {
  if (ms === undefined) return "-";
  const at = new Date(ms);
  const local = new Date(ms - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace("T", " ");
}

/** An absolute path of an argument. */
export function pathOf({ io }: CommandContext, path: string): string {
  return resolve(io.cwd, path);
}
