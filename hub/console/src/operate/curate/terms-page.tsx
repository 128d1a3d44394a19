/** Terms of the vocabulary as curators change them: labels, aliases, merges; what carries a term is shown first. @module */

import { Button, NativeSelect, Table, TextInput } from "@mantine/core";
import { type ChangedTerm, termStatement, termUrnOf } from "@tributary/sdk/operator";
import type { SchemeName } from "@tributary/sdk/vocabulary";
import { useState } from "react";
import { ConceptBox } from "../../match/concept-box.tsx";
import { Answer } from "../../page-frame.tsx";
import { Section } from "../../terms.tsx";
import { useLabelledAnswer } from "../../use-vocabulary.ts";
import { useView } from "../../view.tsx";
import { ActionForm } from "../action-form.tsx";
import { caughtUp } from "../caught-up.ts";
import { Failure } from "../failure.tsx";
import { useOperator } from "../operator.tsx";
import { useAction } from "../use-action.ts";

/** Schemes whose terms people look for. */
const SCHEMES = [
  ["scenario", "termScenario"],
  ["systemType", "termSystem"],
  ["serviceType", "termService"],
  ["providerType", "termProvider"],
  ["kpi", "termKpi"],
  ["eventType", "termEvent"],
] as const;

type Scheme = (typeof SCHEMES)[number][0];

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
      <p className="hint">{t("termsIntro")}</p>
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
  const { t, labels, language } = useView();
  return (
    <Section title={t("termsChanged")}>
      <p className="hint">{t("termsVersion", { version })}</p>
      {terms.length === 0 ? (
        <p className="hint">{t("termsNone")}</p>
      ) : (
        <div className="table-box">
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("termTerm")}</Table.Th>
                <Table.Th>{t("termShared")}</Table.Th>
                <Table.Th>{t("termAliases")}</Table.Th>
                <Table.Th>{t("termInto")}</Table.Th>
                <Table.Th>{t("decisionReason")}</Table.Th>
                <Table.Th>{t("decisionAction")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {terms.map((term) => {
                const { scheme, code, label, shared, aliases, into, position, reason } = term;
                return (
                  <Table.Tr key={`${scheme} ${code}`}>
                    <Table.Th scope="row">{label[language]}</Table.Th>
                    <Table.Td>
                      {label[language] === shared[language] ? "" : shared[language]}
                    </Table.Td>
                    <Table.Td>{aliases.join(" · ")}</Table.Td>
                    <Table.Td>
                      {into !== "" && labels.code(scheme as SchemeName, into, language)}
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
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Section>
  );
}

interface TermFormProps {
  readonly terms: readonly ChangedTerm[];
  /** What is changed again; undefined for a term that is still to be found. */
  readonly chosen: ChangedTerm | undefined;
  readonly onDecided: (position: number) => void;
}

function TermForm({ terms, chosen, onDecided }: TermFormProps) {
  const { t, labels } = useView();
  const { client } = useOperator();
  const { conceptOf } = labels.vocabulary;
  const [scheme, setScheme] = useState<Scheme>((chosen?.scheme as Scheme) ?? "scenario");
  const [code, setCode] = useState(chosen?.code ?? "");
  const [words, setWords] = useState(wordsOf(chosen));
  const [into, setInto] = useState(chosen?.into ?? "");
  const [reason, setReason] = useState("");
  const choose = (next: string) => {
    setCode(next);
    if (conceptOf(scheme, next) === undefined) return;
    // A change says all of a term: what was typed for another one must not become this one's.
    const known = terms.find((term) => term.scheme === scheme && term.code === next);
    setWords(wordsOf(known));
    setInto(known?.into ?? "");
  };
  const isTerm = conceptOf(scheme, code) !== undefined;
  const [zh, en] = [words.zh.trim(), words.en.trim()];
  const aliases = [...new Set(words.aliases.split(/[,，;；\n]/).map((word) => word.trim()))].filter(
    (word) => word !== "",
  );
  const statement = { zh, en, aliases, into };
  const subjects = [termUrnOf({ scheme, code })];
  const named = { scheme, code, words: [zh, en, ...aliases].filter((word) => word !== "") };
  const asked = JSON.stringify(named);
  const look = useAction(async () => ({ asked, ...(await client.previewTerm(named)) }));
  const change = useAction(
    () =>
      client.decide({
        action: "term",
        subjects,
        argument: termStatement.encode(statement),
        reason: reason.trim(),
      }),
    ({ position }) => onDecided(position),
  );
  const options = [zh && `--zh ${zh}`, en && `--en ${en}`, into && `--into ${into}`]
    .concat(aliases.length > 0 ? `--alias ${aliases.join(" ")}` : [])
    .filter((option) => option !== "");
  return (
    <ActionForm
      title={t("termChange")}
      hint={t("termChangeHint")}
      submit={t("termSubmit")}
      isReady={isTerm && reason.trim() !== ""}
      action={change}
      outcome={({ position }) => <p role="status">{t("memberDone", { n: position })}</p>}
      cli={`curation term ${scheme} ${code || "<code>"} ${options.join(" ")} --reason ${JSON.stringify(reason)}`}
      sdk={`const argument = termStatement.encode(${JSON.stringify(statement)});
await operator.decide({ action: "term", subjects: ${JSON.stringify(subjects)}, argument, reason: ${JSON.stringify(reason)} });`}
    >
      <NativeSelect
        id="term-scheme"
        label={t("termScheme")}
        value={scheme}
        onChange={(event) => {
          setScheme(event.currentTarget.value as Scheme);
          setCode("");
          setInto("");
        }}
        data={SCHEMES.map(([value, label]) => ({ value, label: t(label) }))}
      />
      <ConceptBox
        key={`code ${scheme}`}
        id="term-code"
        scheme={scheme}
        label={t("termTerm")}
        hint={t("curateAddHint")}
        error={undefined}
        value={code}
        onChange={choose}
      />
      <TextInput
        id="term-zh"
        label={t("termZh")}
        placeholder={conceptOf(scheme, code)?.zh ?? ""}
        value={words.zh}
        onChange={(event) => setWords({ ...words, zh: event.currentTarget.value })}
      />
      <TextInput
        id="term-en"
        label={t("termEn")}
        placeholder={conceptOf(scheme, code)?.en ?? ""}
        value={words.en}
        onChange={(event) => setWords({ ...words, en: event.currentTarget.value })}
      />
      <TextInput
        id="term-aliases"
        label={t("termAliasesField")}
        value={words.aliases}
        onChange={(event) => setWords({ ...words, aliases: event.currentTarget.value })}
      />
      <ConceptBox
        key={`into ${scheme}`}
        id="term-into"
        scheme={scheme}
        label={t("termIntoField")}
        hint={t("termIntoHint")}
        error={undefined}
        value={into}
        onChange={setInto}
      />
      <TextInput
        id="term-reason"
        className="field-wide"
        label={t("decisionReason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div className="field-wide">
        <Button
          variant="light"
          disabled={!isTerm || look.isBusy}
          onClick={() => void look.run(undefined)}
        >
          {t("termPreview")}
        </Button>
        <Failure error={look.error} />
        {look.outcome?.asked === asked && <Preview {...look.outcome} />}
      </div>
    </ActionForm>
  );
}

function Preview({ records, centers, clashes }: PreviewProps) {
  const { t, language } = useView();
  const label = language === "zh" ? "labelZh" : "labelEn";
  return (
    <div role="status">
      <p>{t("termCarried", { n: records })}</p>
      <ul className="link-list">
        {centers.map((center) => (
          <li key={center.value}>{`${center[label]}: ${center.count}`}</li>
        ))}
        {clashes.map(({ word, code }) => (
          <li key={`${word} ${code}`} className="note">
            {t("termClash", { word, code })}
          </li>
        ))}
      </ul>
    </div>
  );
}

type PreviewProps = Pick<
  Awaited<ReturnType<ReturnType<typeof useOperator>["client"]["previewTerm"]>>,
  "records" | "centers" | "clashes"
>;

/** What the fields of a term hold; empty where it is as shared. */
function wordsOf(term: ChangedTerm | undefined) {
  if (term === undefined) return { zh: "", en: "", aliases: "" };
  const { label, shared, aliases } = term;
  return {
    zh: label.zh === shared.zh ? "" : label.zh,
    en: label.en === shared.en ? "" : label.en,
    aliases: aliases.join(", "),
  };
}
