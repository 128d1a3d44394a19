/** One featured collection: its records in their order, and who put them together. @module */

import { type Collection, listCollections } from "@tributary/sdk/collections";
import { CoverageLine } from "../coverage-line.tsx";
import { HEADINGS } from "../headings.ts";
import { HitCard } from "../hit-card.tsx";
import { Icon } from "../icon.tsx";
import { Answer, PageFrame } from "../page-frame.tsx";
import { hrefOf, START } from "../page-state.ts";
import { useLabelledAnswer } from "../use-vocabulary.ts";
import { useView } from "../view.tsx";
import { COLLECTIONS_HASH } from "../views.ts";

export interface CollectionPageProps {
  readonly id: string;
  /** Of the view, so that its records lead back. */
  readonly hash: string;
}

export default function CollectionPage({ id, hash }: CollectionPageProps) {
  const { t, client, language } = useView();
  const asked = useLabelledAnswer(`collection ${id}`, (signal) =>
    listCollections(client, { id, signal }),
  );
  const [collection] = asked.value?.collections ?? [];
  return (
    <PageFrame
      heading={HEADINGS.collection}
      title={collection?.name[language] ?? id}
      lead={collection?.text[language]}
    >
      <p className="back">
        <a href={hrefOf({ ...START, view: COLLECTIONS_HASH })} data-key="back">
          <Icon name="back" />
          {t("backToCollections")}
        </a>
      </p>
      <Answer asked={asked} waiting={t("loading")} startOver={{ ...START, view: COLLECTIONS_HASH }}>
        {({ collections, coverage }) => (
          <>
            {collections.map((one) => (
              <div key={one.id}>
                <Decided collection={one} />
                <h2 id="collection-records" className="list-title">
                  {t("collectionRecords", { n: one.total })}
                </h2>
                <ol className="hits" aria-labelledby="collection-records">
                  {one.records.map((record) => (
                    <HitCard
                      key={record.urn}
                      record={record}
                      state={{ ...START, view: hash }}
                      coverage={coverage}
                    />
                  ))}
                </ol>
                {one.notShown > 0 && (
                  <p className="note">{t("collectionNotShown", { n: one.notShown })}</p>
                )}
              </div>
            ))}
            <CoverageLine coverage={coverage} />
          </>
        )}
      </Answer>
    </PageFrame>
  );
}

function Decided({ collection }: { readonly collection: Collection }) {
  const { t, formats } = useView();
  const { actor, reason, position, decidedAtMs } = collection;
  const when = formats.instant(decidedAtMs);
  return <p className="hint">{t("collectionDecided", { actor, when, position, reason })}</p>;
}
