/** What is featured, at the top of the start page. @module */

import { listCollections } from "@tributary/sdk/collections";
import { Answer } from "../page-frame.tsx";
import { hrefOf, START } from "../page-state.ts";
import { useAnswer } from "../use-answer.ts";
import { useView } from "../view.tsx";
import { COLLECTIONS_HASH } from "../views.ts";
import { CollectionCards } from "./collection-cards.tsx";

/** Cards on the start page; the others are a link away. */
const SHOWN = 3;

/** Nothing where nothing is featured. */
export function Featured() {
  const { t, client } = useView();
  const asked = useAnswer("collections", (signal) => listCollections(client, { signal }));
  return (
    <Answer asked={asked} waiting="">
      {({ collections }) =>
        collections.length > 0 && (
          <section className="featured" aria-labelledby="featured">
            <div className="featured-head">
              <h2 id="featured">{t("viewCollections")}</h2>
              <a href={hrefOf({ ...START, view: COLLECTIONS_HASH })}>
                {t("collectionsAll", { n: collections.length })}
              </a>
            </div>
            <CollectionCards collections={collections.slice(0, SHOWN)} heading="h3" />
          </section>
        )
      }
    </Answer>
  );
}
