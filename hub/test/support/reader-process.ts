/**
 * Reads folders in a process of its own, since LevelDB may end the one that it is in.
 *
 * @module
 */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { isTributaryError } from "@tributary/proto";
import { COMPILE_CACHE } from "./compile-cache.ts";

/** What came of reading a folder. */
export interface Reading {
  /** Of everything that was read; undefined where an error ended it. */
  readonly digest?: string;
  /** Code of the error, or its text where it has none. */
  readonly error?: string;
  /** What a check finds; read after the digest, and only with it. */
  readonly problems?: readonly string[];
}

/** Error of a reading that ended its process. */
export const ENDED = "the process ended";

/** The process is started when it is needed, and again after its end. */
export class ReaderProcess implements Disposable {
  readonly #program: string;
  #process: ChildProcess | undefined;

  /** @param program Calls {@link answerReadings}. */
  constructor(program: string) {
    this.#program = program;
  }

  async read(folder: string): Promise<Reading> {
    this.#process ??= fork(this.#program, {
      execArgv: ["--conditions=source"],
      env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
    });
    const alive = this.#process;
    const done = new AbortController();
    const { signal } = done;
    const answered = once(alive, "message", { signal }).then(([reading]) => reading as Reading);
    const ended = once(alive, "exit", { signal }).then(() => {
      this.#process = undefined;
      return { error: ENDED };
    });
    alive.send(folder);
    try {
      return await Promise.race([answered, ended]);
    } finally {
      done.abort();
      await Promise.allSettled([answered, ended]);
    }
  }

  [Symbol.dispose](): void {
    this.#process?.kill("SIGKILL");
  }
}

/** In the process: answers each folder with what came of reading it. */
export function answerReadings(read: (folder: string) => Promise<Reading>): void {
  process.on("message", async (folder: string) => {
    process.send?.(await read(folder).catch((error: unknown) => ({ error: nameOf(error) })));
  });
}

function nameOf(error: unknown): string {
  if (isTributaryError(error)) return error.code;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
