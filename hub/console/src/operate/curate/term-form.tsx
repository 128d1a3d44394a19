/** The form that changes, adds or deprecates a term; what carries the term is shown first. @module */

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type ChangedTerm, termStatement, termUrnOf } from "@tributary/sdk/operator";
import { useMemo, useState } from "react";
import { ConceptBox } from "../../match/concept-box.tsx";
import { useView } from "../../view.tsx";
import { ActionForm } from "../action-form.tsx";
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

const quoted = (value: unknown) => JSON.stringify(value);

interface TermFormProps {
  readonly terms: readonly ChangedTerm[];
  /** What is changed again; undefined for a term that is still to be found. */
  readonly chosen: ChangedTerm | undefined;
  readonly onDecided: (position: number) => void;
}

export function TermForm({ terms, chosen, onDecided }: TermFormProps) {
  const { t, labels } = useView();
  const { client } = useOperator();
  const { conceptOf, OPEN_SCHEMES, takesNewTerm } = labels.vocabulary;
  const [scheme, setScheme] = useState<Scheme>((chosen?.scheme as Scheme) ?? "scenario");
  /** Terms that this hub has beside the shared ones. */
  const added = useMemo(
    () =>
      terms
        .filter((term) => term.scheme === scheme && term.shared.zh === "")
        .map(({ code: of, label, aliases: other }) => ({ code: of, ...label, aliases: other })),
    [terms, scheme],
  );
  const [code, setCode] = useState(chosen?.code ?? "");
  const [words, setWords] = useState(wordsOf(chosen));
  const [place, setPlace] = useState(placeOf(chosen));
  const [reason, setReason] = useState("");
  const choose = (next: string) => {
    setCode(next);
    if (conceptOf(scheme, next) === undefined && !added.some((one) => one.code === next)) return;
    // A change says all of a term: what was typed for another one must not become this one's.
    const known = terms.find((term) => term.scheme === scheme && term.code === next);
    setWords(wordsOf(known));
    setPlace(placeOf(known));
  };
  const isShared = conceptOf(scheme, code) !== undefined;
  const open = OPEN_SCHEMES[scheme];
  const isNew = !isShared && open !== undefined && takesNewTerm(scheme, code);
  const isTerm = isShared || isNew;
  const [zh, en] = [words.zh.trim(), words.en.trim()];
  const isNamed = isShared || (zh !== "" && en !== "");
  const aliases = [...new Set(words.aliases.split(/[,，;；\n]/).map((word) => word.trim()))].filter(
    (word) => word !== "",
  );
  const { into, broader, isDeprecated, successor } = place;
  const statement = {
    ...{ zh, en, aliases, into },
    broader: isShared ? undefined : broader,
    deprecated: isDeprecated ? { successor } : undefined,
  };
  const argument = termStatement.encode(statement);
  const subjects = [termUrnOf({ scheme, code })];
  const named = { scheme, code, words: [zh, en, ...aliases].filter((word) => word !== "") };
  const asked = JSON.stringify(named);
  const look = useAction(async () => ({ asked, ...(await client.previewTerm(named)) }));
  const change = useAction(
    () =>
      client.decide({
        action: "term",
        subjects,
        argument,
        reason: reason.trim(),
      }),
    ({ position }) => onDecided(position),
  );
  const options = [
    ...[zh && `--zh ${quoted(zh)}`, en && `--en ${quoted(en)}`, into && `--into ${into}`],
    !isShared && broader && `--under ${broader}`,
    isDeprecated && `--deprecate ${successor}`.trim(),
    aliases.length > 0 && `--alias ${aliases.map(quoted).join(" ")}`,
  ].filter((option) => typeof option === "string" && option !== "");
  return (
    <ActionForm
      title={t("termChange")}
      hint={t("termChangeHint")}
      submit={t("termSubmit")}
      isReady={isTerm && isNamed && reason.trim() !== ""}
      action={change}
      outcome={({ position }) => <p role="status">{t("memberDone", { n: position })}</p>}
      cli={`curation term ${scheme} ${code || "<code>"} ${options.join(" ")} --reason ${quoted(reason)}`}
      sdk={`const argument = termStatement.encode(${argument});
await operator.decide({ action: "term", subjects: ${quoted(subjects)}, argument, reason: ${quoted(reason)} });`}
    >
      <NativeSelect
        id="term-scheme"
        label={t("termScheme")}
        value={scheme}
        onChange={(event) => {
          setScheme(event.currentTarget.value as Scheme);
          setCode("");
          setPlace(placeOf(undefined));
        }}
        data={SCHEMES.map(([value, label]) => ({ value, label: t(label) }))}
      />
      <ConceptBox
        key={`code ${scheme}`}
        id="term-code"
        scheme={scheme}
        label={t("termTerm")}
        hint={t(open === undefined ? "curateAddHint" : "termCodeHint")}
        error={undefined}
        value={code}
        more={added}
        onChange={choose}
      />
      {isNew && open.broader !== undefined && (
        <ConceptBox
          key={`under ${scheme}`}
          id="term-under"
          scheme={open.broader}
          label={t("termUnder")}
          hint={t("curateAddHint")}
          error={undefined}
          value={broader ?? ""}
          onChange={(next) => setPlace({ ...place, broader: next === "" ? undefined : next })}
        />
      )}
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
        more={added}
        onChange={(next) => setPlace({ ...place, into: next })}
      />
      <NativeSelect
        id="term-use"
        label={t("termUse")}
        value={isDeprecated ? "deprecated" : "used"}
        onChange={(event) =>
          setPlace({
            ...place,
            isDeprecated: event.currentTarget.value === "deprecated",
            successor: "",
          })
        }
        data={[
          { value: "used", label: t("termUsed") },
          { value: "deprecated", label: t("termStateDeprecated") },
        ]}
      />
      {isDeprecated && (
        <ConceptBox
          key={`successor ${scheme}`}
          id="term-successor"
          scheme={scheme}
          label={t("termSuccessor")}
          hint={t("termSuccessorHint")}
          error={undefined}
          value={successor}
          more={added}
          onChange={(next) => setPlace({ ...place, successor: next })}
        />
      )}
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

/** Where a term stands and whether it is used, as the fields hold it. */
function placeOf(term: ChangedTerm | undefined) {
  return {
    into: term?.into ?? "",
    broader: term?.broader || undefined,
    isDeprecated: term?.isDeprecated ?? false,
    successor: term?.successor ?? "",
  };
}

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
