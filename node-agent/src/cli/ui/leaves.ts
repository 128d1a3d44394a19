/** What leaves, and the sheet to sign: what the command `privacy sheet` writes. @module */

import { createHash } from "node:crypto";
import type { LocalReply } from "../../adapters/local-page.ts";
import { disclosureSheet, SHEET_STYLE } from "../../report/disclosure-sheet.ts";
import { leavesPage } from "../../ui/leaves-page.ts";
import { disclosureOf } from "../privacy-sheet.ts";
import { type Chapter, htmlReply, noSuchPage } from "./workspace.ts";

/** The sheet stands alone: its one style is named by its hash. */
const STYLE_HASH = createHash("sha256").update(SHEET_STYLE).digest("base64");
const SHEET_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'`;

export const leaves: Chapter = async (visit, name) => {
  const { context, view, request } = visit;
  if (name !== undefined && name !== "sheet") noSuchPage();
  const disclosure = await disclosureOf(context.options.folder, request.signal);
  if (name === undefined) return htmlReply(leavesPage(view, disclosure));
  const sheet: LocalReply = htmlReply(disclosureSheet(disclosure));
  return { ...sheet, headers: { ...sheet.headers, "content-security-policy": SHEET_POLICY } };
};
