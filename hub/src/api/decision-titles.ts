/**
 * Titles of what decisions are about, for people: a URN says who and which key, not what.
 *
 * @module
 */

import { bodyOf, describeRecord } from "../catalog/describe.ts";
import { recordOf } from "../catalog/fold-curation.ts";
import { isShown, mayInspect, mayRead } from "../catalog/verdict.ts";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { Reader } from "../ports/search-index.ts";
import type { CallContext } from "./rpc.ts";

/** Subjects of a decision that are named. */
const NAMED = 3;

/** Titles of the first subjects of each list; empty for what is no record, and for one that the caller may not see. */
export async function titlesOf(
  catalog: Pick<CatalogStore, "getMany">,
  lists: readonly (readonly string[])[],
  { principal }: Pick<CallContext, "principal">,
): Promise<readonly (readonly string[])[]> {
  const reader: Reader =
    principal.type === "center"
      ? { type: "member", centerId: principal.centerId }
      : { type: "operator" };
  const refs = lists.map((subjects) => subjects.slice(0, NAMED).map(recordOf));
  const wanted = refs.flat().filter((ref) => ref !== undefined);
  const rows = (await catalog.getMany(wanted)).values();
  return refs.map((list) =>
    list.map((ref) => {
      const row = ref === undefined ? undefined : rows.next().value;
      return row === undefined ? "" : titleOf(row, reader);
    }),
  );
}

function titleOf(row: CatalogRow, reader: Reader): string {
  const maySee = isShown(row) ? mayRead(row, reader) : mayInspect(row, reader);
  return maySee && row.body.length > 0 ? describeRecord(row, bodyOf(row)).title : "";
}
