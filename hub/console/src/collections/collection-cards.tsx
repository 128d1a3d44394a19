/** Collections as cards that lead to them. @module */

import type { Collection } from "@tributary/sdk/collections";
import { hrefOf, START } from "../page-state.ts";
import { useView } from "../view.tsx";
import { collectionHash } from "../views.ts";

export interface CollectionCardsProps {
  readonly collections: readonly Collection[];
  /** Heading of each card, one below the heading that they stand under. */
  readonly heading: "h2" | "h3";
}

export function CollectionCards({ collections, heading: Heading }: CollectionCardsProps) {
  const { t, language } = useView();
  return (
    <ul className="cards">
      {collections.map(({ id, name, text, total, records }) => (
        <li key={id} className="card">
          <Heading>
            <a href={hrefOf({ ...START, view: collectionHash(id) })}>{name[language]}</a>
          </Heading>
          {text[language] !== "" && <p className="excerpt">{text[language]}</p>}
          <ul className="card-list">
            {records.map(({ urn, title, ref }) => (
              <li key={urn}>{title || ref.key}</li>
            ))}
          </ul>
          <p className="hint">{t("collectionRecords", { n: total })}</p>
        </li>
      ))}
    </ul>
  );
}
