/**
 * A fourth center, which has asked to join and waits: its files are exports of a mini-program as JSON. Everything is invented.
 *
 * @module
 */

import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const exports = fileURLToPath(new URL("exports/", import.meta.url));

export const APPLICANT = {
  id: "furniture",
  nameZh: "赣南家具产业数字化转型促进中心（示例）",
  write: async (folder: string): Promise<void> => {
    for (const file of readdirSync(exports)) copyFileSync(join(exports, file), join(folder, file));
  },
} as const;
