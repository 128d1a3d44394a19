/**
 * Loops over many documents, kept apart from who calls them.
 *
 * V8 compiles a small function with one loop well. Inlined into a large function, the same loop takes two or three times as
 * long (measured with V8 13.6). A call that has seen different functions is never inlined, and all loops go through this
 * one.
 *
 * @module
 */

/** Calls `loop`, which should have a hundred rounds or more to be worth it, with at most eight arguments. */
export function apart<A extends readonly unknown[], R>(loop: (...args: A) => R, ...args: A): R;
// Not with a rest parameter, which would make a list for each call.
export function apart(
  loop: (...args: unknown[]) => unknown,
  a: unknown,
  b?: unknown,
  c?: unknown,
  d?: unknown,
  e?: unknown,
  f?: unknown,
  g?: unknown,
  h?: unknown,
): unknown {
  return loop(a, b, c, d, e, f, g, h);
}
