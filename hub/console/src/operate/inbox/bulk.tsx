/** One decision about many records: looked at first, undone as one. @module */

import { Button, NativeSelect, TextInput } from "@mantine/core";
import {
  type DecisionPreview,
  type DecisionVerb,
  type PlannedDecision,
  type QueueItem,
  wordsOfVerb,
} from "@tributary/sdk/operator";
import { useState } from "react";
import { StateChip } from "../../chips.tsx";
import type { MessageName } from "../../language.ts";
import { useView } from "../../view.tsx";
import { ActionForm } from "../action-form.tsx";
import { Failure } from "../failure.tsx";
import { useOperator } from "../operator.tsx";
import { useAction } from "../use-action.ts";

/** Verbs about single records, which have a preview. */
const VERBS: readonly DecisionVerb[] = [
  "approve",
  "hide",
  "acknowledge",
  "label",
  "unlabel",
  "unhide",
];

/** What it is about beside the marked ones, as filters of a list. */
const TARGETS = {
  pending: "bulkPending",
  quarantined: "bulkQuarantined",
} as const satisfies Record<string, MessageName>;

type Target = "marked" | keyof typeof TARGETS;

export interface BulkProps {
  readonly marked: readonly QueueItem[];
  /** Told of the URNs that the decision is about. */
  readonly onDecided: (urns: readonly string[], position: number) => void;
}

export function Bulk({ marked, onDecided }: BulkProps) {
  const { t, language } = useView();
  const { client } = useOperator();
  const [target, setTarget] = useState<Target>("marked");
  const [action, setAction] = useState<string>("approve");
  const [label, setLabel] = useState("");
  const [reason, setReason] = useState("");
  const needsLabel = action === "label" || action === "unlabel";
  const urns = marked.flatMap(({ record }) => record?.urn ?? []);
  const plan: PlannedDecision = {
    action,
    ...(target === "marked" ? { subjects: urns } : { filters: { state: target } }),
    ...(needsLabel && { argument: label }),
  };
  // A preview of something else than what the form says must not be decided about.
  const planned = JSON.stringify(plan);
  const look = useAction(async () => ({ planned, ...(await client.preview(plan)) }));
  const decide = useAction(
    async (preview: DecisionPreview) => {
      const { subjects } = preview;
      const decision = { action, subjects, reason: reason.trim(), argument: plan.argument };
      const { position } = await client.decide(decision);
      return { preview, position };
    },
    ({ preview, position }) => onDecided(preview.subjects, position),
  );
  return (
    <ActionForm
      title={t("bulkTitle")}
      hint={t("bulkHint")}
      submit={t("bulkPreview")}
      isReady={target !== "marked" || urns.length > 0}
      action={look}
      outcome={(preview) =>
        preview.planned === planned && (
          <div className="bulk-preview">
            <p role="status">
              {[
                t("bulkChanged", { n: preview.subjects.length }),
                preview.unchanged > 0 ? t("bulkUnchanged", { n: preview.unchanged }) : "",
                preview.unknown.length > 0 ? t("bulkUnknown", { n: preview.unknown.length }) : "",
              ]
                .filter((text) => text !== "")
                .join(" · ")}
            </p>
            <ul className="link-list">
              {preview.sample.map((record) => (
                <li key={record.urn}>
                  <StateChip record={record} />
                  <span>{record.title || record.ref.key}</span>
                  <span className="hint">{record.centerName}</span>
                </li>
              ))}
              {preview.subjects.length > preview.sample.length && (
                <li className="hint">
                  {t("bulkMore", { n: preview.subjects.length - preview.sample.length })}
                </li>
              )}
            </ul>
            {preview.subjects.length > 0 && decide.outcome?.preview !== preview && (
              <p className="form-actions">
                <Button disabled={decide.isBusy} onClick={() => void decide.run(preview)}>
                  {t("bulkDecide", { n: preview.subjects.length })}
                </Button>
              </p>
            )}
            <Failure error={decide.error} />
          </div>
        )
      }
      cli={`curation ${action} ${target === "marked" ? urns.join(" ") || "<urn>" : `--where state=${target}`} --reason ${JSON.stringify(reason)}`}
      sdk={`const plan = ${planned};
const { subjects } = await operator.preview(plan);
await operator.decide({ ...plan, subjects, reason: ${JSON.stringify(reason)} });`}
    >
      <NativeSelect
        id="bulk-target"
        label={t("bulkTarget")}
        value={target}
        onChange={(event) => setTarget(event.currentTarget.value as Target)}
        data={[
          { value: "marked", label: t("bulkMarked", { n: urns.length }) },
          ...Object.entries(TARGETS).map(([value, name]) => ({ value, label: t(name) })),
        ]}
      />
      <NativeSelect
        id="bulk-action"
        label={t("decisionAction")}
        value={action}
        onChange={(event) => setAction(event.currentTarget.value)}
        data={VERBS.map((value) => ({ value, label: wordsOfVerb(value)[language] }))}
      />
      {needsLabel && (
        <TextInput
          id="bulk-label"
          label={t("bulkLabel")}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
      )}
      <TextInput
        id="bulk-reason"
        label={t("decisionReason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ActionForm>
  );
}
