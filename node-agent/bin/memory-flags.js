// How V8 keeps its heap small. On a machine with much memory it lets hundreds of MB of garbage lie about before it
// collects; an agent shares its machine with the center's own systems. Measured over 100,000 rows: half the memory for
// a fifth more CPU time when all rows are new, and none when few are. The first line of tributary-agent.js has the same flags for the installed program.
export const MEMORY_FLAGS = [
  "--max-semi-space-size=8",
  "--initial-heap-size=64",
  "--heap-growing-percent=30",
];
