/** All featured collections. @module */

import { listCollections } from "@tributary/sdk/collections";
import { CoverageLine } from "../coverage-line.tsx";
import { HEADINGS } from "../headings.ts";
import { Answer, PageFrame } from "../page-frame.tsx";
import { useAnswer } from "../use-answer.ts";
import { useView } from "../view.tsx";
import { CollectionCards } from "./collection-cards.tsx";

export default function CollectionsPage() {
  const { t, client } = useView();
  const asked = useAnswer("collections", (signal) => listCollections(client, { signal }));
  return (
    <PageFrame heading={HEADINGS.collections}>
      <Answer asked={asked} waiting={t("loading")}>
        {({ collections, coverage }) => (
          <>
            {collections.length === 0 ? (
              <p className="note">{t("collectionsNone")}</p>
            ) : (
              <CollectionCards collections={collections} heading="h2" />
            )}
            <CoverageLine coverage={coverage} />
          </>
        )}
      </Answer>
    </PageFrame>
  );
}
