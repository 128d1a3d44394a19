/**
 * Where the entry of a thread is: beside the sources when they run as written, in `dist` when they were built.
 *
 * @module
 */

/** @param name File name in `threads/` without extension. */
export function threadUrl(name: string): URL {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new URL(`../threads/${name}.${extension}`, import.meta.url);
}
