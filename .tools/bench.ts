// npm run bench -- NAME [ARG ...]: runs <package>/bench/NAME.ts; without a name lists what there is.

import { runNamedProgram } from "./named-program.ts";

runNamedProgram("bench");
