/**
 * A provider's row as entity resolution reads it.
 *
 * @module
 */

import { type BodyOf, decodeBody, urnOf } from "@tributary/proto";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { EntityRecord } from "./entities/record.ts";
import { isShown } from "./verdict.ts";

/** Characters of a text that are looked at: one record must not cost as much as a thousand. */
const MAX_TEXT = 200;

/** Undefined where the record is not shown: what nobody may see decides nothing. */
export function providerRecordOf(
  row: CatalogRow,
  body: BodyOf<"provider"> | undefined,
): EntityRecord | undefined {
  if (!isShown(row) || row.ref.kind !== "provider") return undefined;
  const {
    name,
    aliases = [],
    nameEn,
    uscc,
    website,
    region,
  } = body ?? decodeBody("provider", row.body);
  const [alias, alias2, alias3] = aliases;
  const texts = { name, alias, alias2, alias3, nameEn, uscc, website, city: region };
  const given = Object.entries(texts).flatMap(([field, text]) =>
    text ? [[field, text.slice(0, MAX_TEXT)] as const] : [],
  );
  return {
    id: urnOf(row.ref),
    source: row.ref.centerId,
    since: row.firstPosition,
    values: Object.fromEntries(given),
  };
}
