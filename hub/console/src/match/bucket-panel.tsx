/**
 * The sealed buckets behind a number, read from the release records that they stand in, each record with its proof: what
 * is drawn is the body that the proof is about.
 *
 * @module
 */

import type { BodyOf, BucketRef, RecordView } from "@tributary/sdk";
import { hexOf } from "../hex.ts";
import { START } from "../page-state.ts";
import { Problem } from "../problem.tsx";
import { ProofBadge } from "../proof-badge.tsx";
import { useAnswer } from "../use-answer.ts";
import { useView } from "../view.tsx";
import { BucketTable } from "./bucket-table.tsx";
import { useMatch } from "./match-context.tsx";

export type Bucket = NonNullable<BodyOf<"outcome">["buckets"]>[number];

export interface BucketPanelProps {
  readonly id: string;
  readonly buckets: readonly BucketRef[];
  /** What the label's provider is called. */
  readonly providerName: string;
  readonly isOpen: boolean;
}

/** A folded panel; asks for its releases when it is first opened. */
export function BucketPanel({ id, buckets, providerName, isOpen }: BucketPanelProps) {
  const { t } = useView();
  return (
    <section id={id} className="buckets" hidden={!isOpen} aria-label={t("buckets")}>
      <h4>{t("buckets")}</h4>
      <p className="hint">{t("bucketsHint")}</p>
      {isOpen && <Releases buckets={buckets} providerName={providerName} />}
    </section>
  );
}

function Releases({ buckets, providerName }: Pick<BucketPanelProps, "buckets" | "providerName">) {
  const { t, client } = useView();
  const byRelease = Map.groupBy(buckets, ({ release }) => `${release.centerId}/${release.key}`);
  const asked = useAnswer(`releases ${[...byRelease.keys()].join(" ")}`, (signal) =>
    Promise.all(
      [...byRelease.values()].map(async ([first]) => {
        const { release } = first as BucketRef;
        return (await client.get(release, { signal })).record;
      }),
    ),
  );
  if (asked.error !== undefined) {
    return <Problem error={asked.error} onRetry={asked.again} startOver={START} />;
  }
  const ids = new Map(
    [...byRelease].map(([name, of]) => [name, new Set(of.map(({ bucketId }) => bucketId))]),
  );
  return (
    <div role="status">
      {asked.value === undefined ? (
        <p>{t("bucketsLoading")}</p>
      ) : (
        asked.value.map((record) => (
          <Release
            key={record.urn}
            record={record}
            ids={ids.get(`${record.ref.centerId}/${record.ref.key}`) ?? new Set()}
            providerName={providerName}
          />
        ))
      )}
    </div>
  );
}

interface ReleaseProps {
  readonly record: RecordView;
  readonly ids: ReadonlySet<string>;
  readonly providerName: string;
}

function Release({ record, ids, providerName }: ReleaseProps) {
  const { t } = useView();
  const { recordHref } = useMatch();
  const release = record.body?.kind === "outcome" ? record.body.value : undefined;
  const found = (release?.buckets ?? []).filter(({ bucketId }) => ids.has(hexOf(bucketId)));
  const title = t("bucketRelease", {
    center: record.centerName || record.ref.centerId,
    epoch: release?.epoch ?? record.ref.key,
  });
  return (
    <section className="release" aria-label={title}>
      {found.length > 0 && (
        <BucketTable caption={title} buckets={found} providerName={providerName} />
      )}
      {found.length < ids.size && <p className="note">{t("bucketGone")}</p>}
      <p>
        <a href={recordHref(record.urn)} aria-label={`${t("bucketRecord")} ${title}`}>
          {t("bucketRecord")}
        </a>
      </p>
      <ProofBadge record={record} />
    </section>
  );
}
