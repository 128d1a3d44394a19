/** Publishes a grade exactly as it is shown, after a look at what everybody will read. @module */

import { TextInput } from "@mantine/core";
import type { Assessment, AssessmentRule } from "@tributary/sdk/operator";
import { useState } from "react";
import { percentText, pointsText } from "../../match/figures.ts";
import { TermList } from "../../terms.tsx";
import { useView } from "../../view.tsx";
import { ActionForm } from "../action-form.tsx";
import { useOperator } from "../operator.tsx";
import { useAction } from "../use-action.ts";

export interface PublishGradeProps {
  readonly assessment: Assessment;
  readonly rule: AssessmentRule;
  readonly onDone: (position: number) => void;
}

export function PublishGrade({ assessment, rule, onDone }: PublishGradeProps) {
  const view = useView();
  const { t } = view;
  const { client } = useOperator();
  const [reason, setReason] = useState("");
  const { centerId: center, centerName, grade, points, completeness, digest } = assessment;
  const publish = useAction(
    () => client.publishGrade({ center, digest, reason: reason.trim() }),
    ({ position }) => onDone(position),
  );
  return (
    <ActionForm
      title={t("assessPublish")}
      hint={t("assessPublishHint")}
      submit={t("assessPublishSubmit")}
      isReady={reason.trim() !== ""}
      action={publish}
      outcome={({ position }) => <p role="status">{t("memberDone", { n: position })}</p>}
      cli={`assessment publish ${center} --digest ${digest} --reason ${JSON.stringify(reason || "<reason>")}`}
      sdk={`await operator.publishGrade(${JSON.stringify({ center, digest, reason })});`}
    >
      <div className="field-wide">
        <TermList
          rows={[
            [t("centerId"), centerName],
            [t("assessGrade"), t("assessGradePoints", { grade, points: pointsText(points, view) })],
            [t("assessJudged"), percentText(completeness, view)],
            [t("assessRuleName"), rule.version],
            [t("assessDigest"), <code key="digest">{digest}</code>],
          ]}
        />
      </div>
      <TextInput
        id="publish-reason"
        className="field-wide"
        label={t("assessReason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ActionForm>
  );
}
