// npm run eval -- NAME [ARG ...]: runs <package>/eval/NAME.ts; without a name lists what there is.

import { runNamedProgram } from "./named-program.ts";

runNamedProgram("eval");
