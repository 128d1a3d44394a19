/**
 * Keeps a copy of the shared catalog in step with the hub.
 *
 * The hub sends the newest state of each record that changed; the copy takes events in groups, each with the position
 * up to which it is complete, and goes on there after a break.
 *
 * @module
 */

import { type Clock, errorStatus, isTributaryError, type WatchEvent } from "@tributary/proto";
import type { CatalogMirror, MirrorScope } from "../ports/catalog-mirror.ts";
import type { HubView } from "../ports/hub-view.ts";
import { backOffMs } from "../publish/back-off.ts";

export interface MirrorOptions {
  readonly mirror: CatalogMirror;
  readonly scope: MirrorScope;
  readonly hub: HubView;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Called when the copy is whole, and was changed since it was last called. */
  readonly onWhole: () => Promise<void>;
  /** Called with what keeps the copy from being in step; it is tried again. */
  readonly onProblem: (error: Error) => void;
}

/** Events that are written together. */
const GROUP = 500;

/**
 * Follows the hub until aborted, or with `once` until the copy is whole.
 *
 * @throws {TributaryError} What cannot be mended by waiting: `ERR_FORBIDDEN`, `ERR_QUERY_INVALID` if the log of the hub
 * is shorter than the copy, `ERR_STORE_FULL`, `ERR_STORE_FAILED`; the signal's reason when aborted. With `once` anything
 * that the hub refuses with.
 */
export async function followCatalog(
  options: MirrorOptions,
  { once }: { readonly once: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { clock, random, onProblem } = options;
  for (let failures = 0; ; ) {
    try {
      await follow(options, once, signal, () => {
        failures = 0;
      });
      if (once) return;
    } catch (error) {
      signal.throwIfAborted();
      const isPassing = isTributaryError(error) && errorStatus(error.code).retryable;
      if (once || !isPassing || error.code.startsWith("ERR_STORE_")) throw error;
      onProblem(error);
    }
    failures += 1;
    await clock.sleep(Math.max(500, backOffMs(failures, random)), signal);
  }
}

async function follow(
  { mirror, scope, hub, onWhole }: MirrorOptions,
  once: boolean,
  signal: AbortSignal,
  onHeard: () => void,
): Promise<void> {
  const position = mirror.position();
  let waiting: WatchEvent[] = [];
  // A copy that was interrupted may not have been told of.
  let isChanged = true;
  const from = position === undefined ? 0 : position + 1;
  for await (const event of hub.watch(from, scope.filters, signal)) {
    onHeard();
    waiting.push(event);
    const isWhole = event.type === "caught_up";
    if (!isWhole && waiting.length < GROUP) continue;
    isChanged ||= waiting.some(({ type }) => type !== "caught_up");
    await mirror.apply(waiting);
    waiting = [];
    if (!isWhole) continue;
    if (isChanged) await onWhole();
    isChanged = false;
    if (once) return;
  }
}
