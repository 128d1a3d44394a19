/** Flags of V8 that keep the agent's heap small. */
export const MEMORY_FLAGS: readonly string[];
