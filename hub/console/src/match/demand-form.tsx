/** The form in which a demand is said. What is wrong with a field stands beside it, in the reader's language. @module */

import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { hrefOf, START } from "../page-state.ts";
import { useView, type View } from "../view.tsx";
import { Check, CheckGroup, withValue } from "./checks.tsx";
import { ConceptBox } from "./concept-box.tsx";
import {
  checkDemand,
  type DemandErrors,
  type DemandField,
  type DemandState,
  formatDemandState,
  MATCH_HASH,
  MAX_PAINS,
} from "./demand-state.ts";
import { ScenarioField } from "./scenario-field.tsx";

/** Codes of the vocabulary; see `checkDemand`. */
export function isCodeIn({ labels }: Pick<View, "labels">) {
  const { conceptOf } = labels.vocabulary;
  return (scheme: Parameters<typeof conceptOf>[0], code: string) =>
    conceptOf(scheme, code) !== undefined;
}

export interface DemandFormProps {
  readonly state: DemandState;
  /** What is wrong with the state as it is. */
  readonly errors: DemandErrors;
}

/** What the form has: lists of words are texts until they are sent. */
interface Draft extends Omit<DemandState, "qualifications" | "excluded"> {
  readonly qualifications: string;
  readonly excluded: string;
}

export function DemandForm({ state, errors }: DemandFormProps) {
  const view = useView();
  const { t, go } = view;
  const [draft, setDraft] = useState<Draft>(() => ({
    ...state,
    qualifications: state.qualifications.join("，"),
    excluded: state.excluded.join("，"),
  }));
  const [wrong, setWrong] = useState(errors);
  const form = useRef<HTMLFormElement>(null);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const errorOf = (field: DemandField) => wrong[field] && t(wrong[field]);
  const n = Object.keys(wrong).length;

  const [refused, setRefused] = useState(0);
  useEffect(() => {
    if (refused > 0) focusFirstError(form.current);
  }, [refused]);

  const submit = () => {
    const next = {
      ...draft,
      pains: draft.pains.trim(),
      budget: draft.budget.trim(),
      qualifications: words(draft.qualifications),
      excluded: words(draft.excluded),
    };
    const { errors: found } = checkDemand(next, isCodeIn(view));
    setWrong(found ?? {});
    if (found === undefined) go({ ...START, view: formatDemandState(next) });
    else setRefused((count) => count + 1);
  };

  return (
    <form
      ref={form}
      className="demand-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <ScenarioField
        id="demand-scenarios"
        error={errorOf("scenarios")}
        chosen={draft.scenarios}
        onChange={(scenarios) => change({ scenarios })}
      />
      <h2>{t("demandEnterprise")}</h2>
      <EnterpriseFields draft={draft} change={change} errorOf={errorOf} />
      <details className="must" open={hasMust(state)}>
        <summary>{t("demandMust")}</summary>
        <MustFields draft={draft} change={change} errorOf={errorOf} />
      </details>
      <p className="field-error" role="alert">
        {n === 0 ? "" : t("errorSummary", { n })}
      </p>
      <p className="form-actions">
        <Button type="submit" size="md">
          {t("demandSubmit")}
        </Button>
        <a href={hrefOf({ ...START, view: MATCH_HASH })}>{t("demandClear")}</a>
      </p>
    </form>
  );
}

interface FieldsProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly errorOf: (field: DemandField) => string | undefined;
}

function EnterpriseFields({ draft, change, errorOf }: FieldsProps) {
  const { t } = useView();
  return (
    <div className="field-grid">
      <ConceptBox
        id="demand-industry"
        scheme="industry"
        label={t("demandIndustry")}
        hint={t("demandIndustryHint")}
        error={errorOf("industry")}
        value={draft.industry}
        onChange={(industry) => change({ industry })}
      />
      <SizeSelect draft={draft} change={change} errorOf={errorOf} />
      <ConceptBox
        id="demand-region"
        scheme="region"
        label={t("demandRegion")}
        hint={t("demandRegionHint")}
        error={errorOf("region")}
        value={draft.region}
        onChange={(region) => change({ region })}
      />
      <TextInput
        id="demand-budget"
        label={t("demandBudget")}
        description={t("demandBudgetHint")}
        error={errorOf("budget")}
        inputMode="decimal"
        autoComplete="off"
        value={draft.budget}
        onChange={(event) => change({ budget: event.currentTarget.value })}
      />
      <Textarea
        id="demand-pains"
        className="field-wide"
        label={t("demandPains")}
        description={t("demandPainsHint")}
        error={errorOf("pains")}
        rows={3}
        maxLength={MAX_PAINS}
        value={draft.pains}
        onChange={(event) => change({ pains: event.currentTarget.value })}
      />
    </div>
  );
}

function SizeSelect({ draft, change, errorOf }: FieldsProps) {
  const { t, labels, language } = useView();
  const { concepts } = labels.vocabulary.scheme("sizeBand");
  const value = draft.sizeBand;
  // A code of the link that the list does not have stays visible, so that its error makes sense.
  const isUnknown = value !== "" && !concepts.some(({ code }) => code === value);
  return (
    <NativeSelect
      id="demand-size"
      label={t("demandSize")}
      error={errorOf("sizeBand")}
      value={value}
      onChange={(event) => change({ sizeBand: event.currentTarget.value })}
      data={[
        { value: "", label: t("demandSizeAny") },
        ...concepts.map((concept) => ({ value: concept.code, label: concept[language] })),
        ...(isUnknown ? [{ value, label: value }] : []),
      ]}
    />
  );
}

function MustFields({ draft, change, errorOf }: FieldsProps) {
  const { t } = useView();
  return (
    <div className="field-grid">
      <TextInput
        id="demand-qualifications"
        label={t("demandQualifications")}
        description={t("demandQualificationsHint")}
        error={errorOf("qualifications")}
        autoComplete="off"
        value={draft.qualifications}
        onChange={(event) => change({ qualifications: event.currentTarget.value })}
      />
      <TextInput
        id="demand-excluded"
        label={t("demandExcluded")}
        description={t("demandExcludedHint")}
        error={errorOf("excluded")}
        autoComplete="off"
        value={draft.excluded}
        onChange={(event) => change({ excluded: event.currentTarget.value })}
      />
      <CheckGroup
        id="demand-serves-region"
        legend={t("demandRegion")}
        error={errorOf("servesRegion")}
      >
        <Check
          label={t("demandServesRegion")}
          isChecked={draft.servesRegion}
          onChange={(servesRegion) => change({ servesRegion })}
        />
      </CheckGroup>
      <CodeChecks
        id="demand-provider-types"
        scheme="providerType"
        legend={t("demandProviderTypes")}
        error={errorOf("providerTypes")}
        chosen={draft.providerTypes}
        onChange={(providerTypes) => change({ providerTypes })}
      />
      <CodeChecks
        id="demand-delivery-modes"
        scheme="deliveryMode"
        legend={t("demandDeliveryModes")}
        error={errorOf("deliveryModes")}
        chosen={draft.deliveryModes}
        onChange={(deliveryModes) => change({ deliveryModes })}
      />
      <CodeChecks
        id="demand-systems"
        scheme="systemType"
        legend={t("demandSystems")}
        error={errorOf("systems")}
        chosen={draft.systems}
        onChange={(systems) => change({ systems })}
      />
    </div>
  );
}

interface CodeChecksProps {
  readonly id: string;
  readonly scheme: "systemType" | "providerType" | "deliveryMode";
  readonly legend: string;
  readonly error: string | undefined;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
}

function CodeChecks({ id, scheme, legend, error, chosen, onChange }: CodeChecksProps) {
  const { labels, language } = useView();
  return (
    <CheckGroup id={id} legend={legend} error={error} isWide={true}>
      <div className="check-list">
        {labels.vocabulary.scheme(scheme).concepts.map((concept) => (
          <Check
            key={concept.code}
            label={concept[language]}
            isChecked={chosen.includes(concept.code)}
            onChange={(isIn) => onChange(withValue(chosen, concept.code, isIn))}
          />
        ))}
      </div>
    </CheckGroup>
  );
}

function hasMust(state: DemandState): boolean {
  const { qualifications, systems, providerTypes, deliveryModes, excluded, servesRegion } = state;
  const lists = [qualifications, systems, providerTypes, deliveryModes, excluded];
  return servesRegion || lists.some((list) => list.length > 0);
}

/** The fields stand in the form in the order of the page. */
function focusFirstError(form: HTMLFormElement | null): void {
  const field = form?.querySelector<HTMLElement>("[aria-invalid=true]");
  const control = field?.matches("fieldset") ? field.querySelector<HTMLElement>("input") : field;
  const folded = control?.closest("details");
  if (folded) folded.open = true;
  control?.focus();
}

/** Items of a text, without repetitions. */
function words(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/[,，、;；\n]/)
        .map((word) => word.trim())
        .filter((word) => word !== ""),
    ),
  ];
}
