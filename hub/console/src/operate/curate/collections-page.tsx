/** Featured collections as curators make them: what there is, a form, and the end of one. @module */

import { Table, TextInput } from "@mantine/core";
import { type Collection, listCollections } from "@tributary/sdk/collections";
import { useState } from "react";
import { forgetAnswers } from "../../answers.ts";
import { DataTable } from "../../data-table.tsx";
import { Answer } from "../../page-frame.tsx";
import { hrefOf, START } from "../../page-state.ts";
import { Section } from "../../terms.tsx";
import { useAnswer } from "../../use-answer.ts";
import { useView } from "../../view.tsx";
import { collectionHash, operateHash } from "../../views.ts";
import { ActionForm } from "../action-form.tsx";
import { caughtUp } from "../caught-up.ts";
import { useOperator } from "../operator.tsx";
import { useAction } from "../use-action.ts";
import { CollectionForm } from "./collection-form.tsx";

export interface CollectionsPageProps {
  /** Identifier of the collection that is changed; none for all. */
  readonly about: readonly string[];
}

export function CollectionsPage({ about: [id = ""] }: CollectionsPageProps) {
  const { t, client: reader } = useView();
  const { client, may } = useOperator();
  const [after, setAfter] = useState(-1);
  const asked = useAnswer(`operate collections ${id} ${after}`, async (signal) => {
    await caughtUp(client, after, signal);
    return listCollections(reader, { id, signal });
  });
  const decided = (position: number) => {
    forgetAnswers("collection"); // what visitors' pages were told
    setAfter(position);
  };
  return (
    <>
      {after >= 0 && <p role="status">{t("memberDone", { n: after })}</p>}
      <Answer
        asked={asked}
        waiting={t("operateLoading")}
        startOver={{ ...START, view: operateHash("collections") }}
      >
        {({ collections }) =>
          id === "" ? (
            <>
              <Standing collections={collections} />
              {may("curator") && (
                <CollectionForm key={after} collection={undefined} onDecided={decided} />
              )}
            </>
          ) : (
            collections.map((collection) => (
              <div key={`${collection.id} ${collection.position}`}>
                <p className="back">
                  <a href={hrefOf({ ...START, view: operateHash("collections") })}>
                    {t("curateOther")}
                  </a>
                </p>
                {may("curator") && (
                  <>
                    <CollectionForm collection={collection} onDecided={decided} />
                    <End id={id} />
                  </>
                )}
              </div>
            ))
          )
        }
      </Answer>
    </>
  );
}

function Standing({ collections }: { readonly collections: readonly Collection[] }) {
  const { t, formats, language } = useView();
  return (
    <Section title={t("curateStanding")}>
      {collections.length === 0 ? (
        <p className="hint">{t("curateNone")}</p>
      ) : (
        <div className="table-box">
          <DataTable
            columns={[
              t("curateName"),
              { figure: t("curateCount") },
              t("curateChanged"),
              t("decisionAction"),
            ]}
          >
            {collections.map(({ id, name, total, notShown, actor, decidedAtMs, position }) => (
              <Table.Tr key={id}>
                <Table.Th scope="row">
                  <a href={hrefOf({ ...START, view: collectionHash(id) })}>{name[language]}</a>
                </Table.Th>
                <Table.Td className="figure">{`${total} / ${notShown}`}</Table.Td>
                <Table.Td>{`#${position} ${actor} · ${formats.instant(decidedAtMs)}`}</Table.Td>
                <Table.Td>
                  <a
                    href={hrefOf({ ...START, view: operateHash("collections", id) })}
                    aria-label={t("curateEditName", { name: name[language] })}
                  >
                    {t("curateEdit")}
                  </a>
                </Table.Td>
              </Table.Tr>
            ))}
          </DataTable>
        </div>
      )}
    </Section>
  );
}

/** Goes back to all collections, since the one is no more. */
function End({ id }: { readonly id: string }) {
  const { t, go } = useView();
  const { client } = useOperator();
  const [reason, setReason] = useState("");
  const decision = { action: "unfeature", subjects: [], argument: id, reason: reason.trim() };
  const end = useAction(
    async () => {
      const { position } = await client.decide(decision);
      await caughtUp(client, position, AbortSignal.timeout(CAUGHT_UP_MS));
      return position;
    },
    () => {
      forgetAnswers("collection");
      go({ ...START, view: operateHash("collections") });
    },
  );
  return (
    <ActionForm
      title={t("curateEnd")}
      hint={t("curateEndHint")}
      submit={t("curateEnd")}
      isReady={reason.trim() !== ""}
      action={end}
      outcome={(position) => <p role="status">{t("memberDone", { n: position })}</p>}
      cli={`curation unfeature ${id} --reason ${JSON.stringify(reason || "<reason>")}`}
      sdk={`await operator.decide(${JSON.stringify(decision)});`}
    >
      <TextInput
        id="collection-end-reason"
        className="field-wide"
        label={t("curateReason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ActionForm>
  );
}

/** Longer than {@link caughtUp} looks; ms. */
const CAUGHT_UP_MS = 15_000;
