import type { Decision } from "../privacy/decision.ts";

/** Remembers what people decided about texts, in order; nothing is ever taken out. */
export interface DecisionLog {
  /** All decisions, the oldest first. @throws {TributaryError} `ERR_STORE_DAMAGED` if one cannot be read. */
  read(): Promise<readonly Decision[]>;

  /** Adds a decision; durable on return. @throws {TributaryError} `ERR_STORE_FULL`, `ERR_STORE_DAMAGED`. */
  add(decision: Decision): Promise<void>;
}
