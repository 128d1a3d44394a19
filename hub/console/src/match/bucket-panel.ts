/**
 * The sealed buckets behind a number, read from the release records that they stand in, each record with its proof: what
 * is drawn is the body that the proof is about.
 *
 * @module
 */

import type { BodyOf, BucketRef, RecordView } from "@tributary/sdk";
import { type Child, el } from "../dom.ts";
import { hexOf } from "../hex.ts";
import { START } from "../page-state.ts";
import { problem } from "../problem.ts";
import { proofBadge } from "../proof-badge.ts";
import { bucketTable } from "./bucket-table.ts";
import type { MatchContext } from "./match-context.ts";

export type Bucket = NonNullable<BodyOf<"outcome">["buckets"]>[number];

/** A folded panel; loads when it is first opened. */
export interface BucketPanel {
  readonly element: HTMLElement;
  /** @returns True if it is open now. */
  readonly toggle: () => boolean;
}

/** @param providerName What the label's provider is called. */
export function bucketPanel(
  id: string,
  buckets: readonly BucketRef[],
  providerName: string,
  context: MatchContext,
): BucketPanel {
  const { t } = context.view;
  const content = el("div", { role: "status" });
  const element = el(
    "section",
    { id, class: "buckets", hidden: true, "aria-label": t("buckets") },
    el("h4", { tabindex: -1 }, t("buckets")),
    el("p", { class: "hint" }, t("bucketsHint")),
    content,
  );
  let isLoaded = false;
  const load = async () => {
    content.replaceChildren(el("p", {}, t("bucketsLoading")));
    try {
      content.replaceChildren(...(await releasesOf(buckets, providerName, context)));
      isLoaded = true;
    } catch (error) {
      const ways = { retry: () => void load(), startOver: START };
      content.replaceChildren(problem(error, context.view, ways));
    }
  };
  const toggle = () => {
    element.hidden = !element.hidden;
    if (!element.hidden && !isLoaded) void load();
    return !element.hidden;
  };
  return { element, toggle };
}

async function releasesOf(
  buckets: readonly BucketRef[],
  providerName: string,
  context: MatchContext,
): Promise<HTMLElement[]> {
  const byRelease = Map.groupBy(buckets, ({ release }) => `${release.centerId}/${release.key}`);
  return Promise.all(
    [...byRelease.values()].map(async (of) => {
      const { record } = await context.release((of[0] as BucketRef).release);
      const ids = new Set(of.map(({ bucketId }) => bucketId));
      return releaseView(record, ids, providerName, context);
    }),
  );
}

function releaseView(
  record: RecordView,
  ids: ReadonlySet<string>,
  providerName: string,
  { view, recordHref }: MatchContext,
): HTMLElement {
  const { t } = view;
  const release = record.body?.kind === "outcome" ? record.body.value : undefined;
  const found = (release?.buckets ?? []).filter(({ bucketId }) => ids.has(hexOf(bucketId)));
  const title = t("bucketRelease", {
    center: record.centerName || record.ref.centerId,
    epoch: release?.epoch ?? record.ref.key,
  });
  const children: Child[] = [
    found.length > 0 && bucketTable(title, found, providerName, view),
    found.length < ids.size && el("p", { class: "note" }, t("bucketGone")),
    el(
      "p",
      {},
      el(
        "a",
        { href: recordHref(record.urn), "aria-label": `${t("bucketRecord")} ${title}` },
        t("bucketRecord"),
      ),
    ),
    proofBadge(record, view),
  ];
  return el("section", { class: "release", "aria-label": title }, ...children);
}
