/**
 * {@link Watcher} over chokidar.
 *
 * Folders are watched, not files: programs replace files when they save them, and a database writes beside itself.
 *
 * @module
 */

import { basename, dirname, resolve } from "node:path";
import type { Clock } from "@tributary/proto";
import { watch } from "chokidar";
import type { Watcher } from "../ports/watcher.ts";

const SETTLE_MS = 200;

export function chokidarWatcher(clock: Clock): Watcher {
  return {
    watch(folder, path, onChange) {
      const full = resolve(folder, path);
      const isOfSource = nameMatcher(basename(full));
      const stop = new AbortController();
      let pending: AbortController | undefined;
      const onEvent = (changed: string) => {
        if (!isOfSource(basename(changed))) return;
        pending?.abort();
        const settling = new AbortController();
        pending = settling;
        clock.sleep(SETTLE_MS, AbortSignal.any([settling.signal, stop.signal])).then(
          onChange,
          () => {}, // another change came, or the watch ended
        );
      };
      const watcher = watch(dirname(full), {
        depth: 0,
        ignoreInitial: true,
        ignorePermissionErrors: true,
      });
      watcher.on("add", onEvent).on("change", onEvent).on("unlink", onEvent);
      // Without a watch the source is still looked at once a minute.
      watcher.on("error", () => {});
      return {
        async [Symbol.asyncDispose]() {
          stop.abort();
          await watcher.close();
        },
      };
    },
  };
}

/** True for names that a pattern fits, also with what databases put beside a file: -wal, -shm, -journal. */
function nameMatcher(pattern: string): (name: string) => boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll(/\*+/g, ".*")
    .replaceAll("?", ".");
  const regex = new RegExp(`^${source}(?:-wal|-shm|-journal)?$`, "su");
  return (name) => !name.startsWith("~$") && regex.test(name);
}
