/** Terms of the vocabulary that curators changed or added, and the form for the next change. @module */

import { Button, Table } from "@mantine/core";
import type { ChangedTerm } from "@tributary/sdk/operator";
import type { SchemeName } from "@tributary/sdk/vocabulary";
import { useState } from "react";
import { DataTable } from "../../data-table.tsx";
import { Answer } from "../../page-frame.tsx";
import { Section } from "../../terms.tsx";
import { useLabelledAnswer } from "../../use-vocabulary.ts";
import { useView } from "../../view.tsx";
import { caughtUp } from "../caught-up.ts";
import { useOperator } from "../operator.tsx";
import { TermForm } from "./term-form.tsx";

export function TermsPage() {
  const { t } = useView();
  const { client, may } = useOperator();
  const [after, setAfter] = useState(-1);
  const [chosen, setChosen] = useState<ChangedTerm>();
  const asked = useLabelledAnswer(`operate terms ${after}`, async (signal) => {
    await caughtUp(client, after, signal);
    return client.terms({ signal });
  });
  return (
    <>
      {after >= 0 && <p role="status">{t("memberDone", { n: after })}</p>}
      <Answer asked={asked} waiting={t("operateLoading")}>
        {({ terms, version }) => (
          <>
            <Changed terms={terms} version={version} onChoose={setChosen} />
            {may("curator") && (
              <TermForm
                key={`${after} ${chosen?.scheme} ${chosen?.code}`}
                terms={terms}
                chosen={chosen}
                onDecided={setAfter}
              />
            )}
          </>
        )}
      </Answer>
    </>
  );
}

interface ChangedProps {
  readonly terms: readonly ChangedTerm[];
  readonly version: string;
  readonly onChoose: (term: ChangedTerm) => void;
}

function Changed({ terms, version, onChoose }: ChangedProps) {
  const { t, language } = useView();
  return (
    <Section title={t("termsChanged")}>
      <p className="hint">{t("termsVersion", { version })}</p>
      {terms.length === 0 ? (
        <p className="hint">{t("termsNone")}</p>
      ) : (
        <div className="table-box">
          <DataTable
            columns={[
              t("termTerm"),
              t("termShared"),
              t("termAliases"),
              t("termState"),
              t("decisionReason"),
              t("decisionAction"),
            ]}
          >
            {terms.map((term) => {
              const { scheme, code, label, shared, aliases, position, reason } = term;
              return (
                <Table.Tr key={`${scheme} ${code}`}>
                  <Table.Th scope="row">{label[language]}</Table.Th>
                  <Table.Td>
                    {label[language] === shared[language] ? "" : shared[language]}
                  </Table.Td>
                  <Table.Td>{aliases.join(" · ")}</Table.Td>
                  <Table.Td>
                    <TermState term={term} terms={terms} />
                  </Table.Td>
                  <Table.Td>{`#${position} ${reason}`}</Table.Td>
                  <Table.Td>
                    <Button
                      variant="light"
                      size="compact-md"
                      aria-label={t("termEditName", { name: label[language] })}
                      onClick={() => onChoose(term)}
                    >
                      {t("curateEdit")}
                    </Button>
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </DataTable>
        </div>
      )}
    </Section>
  );
}

/** What became of a term beside its words. */
function TermState({
  term,
  terms,
}: {
  readonly term: ChangedTerm;
  readonly terms: readonly ChangedTerm[];
}) {
  const { t, labels, language } = useView();
  const { scheme, shared, broader, into, isDeprecated, successor } = term;
  const nameOf = (code: string) =>
    terms.find((one) => one.scheme === scheme && one.code === code)?.label[language] ??
    labels.code(scheme as SchemeName, code, language);
  const wider = labels.vocabulary.OPEN_SCHEMES[scheme as SchemeName]?.broader;
  const states = [
    shared.zh === "" && wider === undefined && t("termStateNew"),
    shared.zh === "" &&
      wider !== undefined &&
      t("termStateNewUnder", { name: labels.code(wider, broader, language) }),
    into !== "" && t("termStateInto", { name: nameOf(into) }),
    isDeprecated && successor === "" && t("termStateDeprecated"),
    isDeprecated && successor !== "" && t("termStateDeprecatedFor", { name: nameOf(successor) }),
  ];
  return states.filter((state) => state !== false).join(" · ");
}
