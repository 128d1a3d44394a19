/**
 * Where programs that tests run keep what Node compiled of their sources: the second start takes half the time.
 *
 * @module
 */

import { tmpdir } from "node:os";
import { join } from "node:path";

/** For `NODE_COMPILE_CACHE`. */
export const COMPILE_CACHE = join(
  tmpdir(),
  `tributary-test-compile-cache-${process.getuid?.() ?? 0}`,
);
