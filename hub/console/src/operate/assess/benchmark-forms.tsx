/** An expert's review of a candidate, and the selection of one that experts recommend. @module */

import { NativeSelect, TextInput } from "@mantine/core";
import type { BenchmarkEstimate, NewReview } from "@tributary/sdk/operator";
import { useState } from "react";
import { useView } from "../../view.tsx";
import { ActionForm } from "../action-form.tsx";
import { useOperator } from "../operator.tsx";
import { useAction } from "../use-action.ts";

export interface BenchmarkFormProps {
  readonly estimate: BenchmarkEstimate;
  readonly onDone: (position: number) => void;
}

export function ReviewForm({ estimate: { centerId: center }, onDone }: BenchmarkFormProps) {
  const { t } = useView();
  const { client } = useOperator();
  const [verdict, setVerdict] = useState<NewReview["verdict"]>("recommend");
  const [reason, setReason] = useState("");
  const review = useAction(
    () => client.reviewBenchmark({ center, verdict, reason: reason.trim() }),
    onDone,
  );
  return (
    <ActionForm
      title={t("benchReview")}
      hint={t("benchReviewHint")}
      submit={t("benchReviewSubmit")}
      isReady={reason.trim() !== ""}
      action={review}
      outcome={(at) => <p role="status">{t("memberDone", { n: at })}</p>}
      cli={`assessment review ${center} ${verdict} --reason ${JSON.stringify(reason || "<reason>")}`}
      sdk={`await operator.reviewBenchmark(${JSON.stringify({ center, verdict, reason })});`}
    >
      <NativeSelect
        id="review-verdict"
        label={t("benchVerdict")}
        value={verdict}
        onChange={(event) => setVerdict(event.currentTarget.value as NewReview["verdict"])}
        data={[
          { value: "recommend", label: t("benchRecommend") },
          { value: "against", label: t("benchAdviseAgainst") },
        ]}
      />
      <TextInput
        id="review-reason"
        label={t("assessReason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ActionForm>
  );
}

/** Selects by the figures that are shown. */
export function SelectForm({ estimate, onDone }: BenchmarkFormProps) {
  const { t } = useView();
  const { client } = useOperator();
  const [reason, setReason] = useState("");
  const { centerId: center, digest } = estimate;
  const select = useAction(
    () => client.selectBenchmark({ center, digest, reason: reason.trim() }),
    onDone,
  );
  return (
    <ActionForm
      title={t("benchSelect")}
      hint={t("benchSelectHint")}
      submit={t("benchSelectSubmit")}
      isReady={reason.trim() !== ""}
      action={select}
      outcome={(at) => <p role="status">{t("memberDone", { n: at })}</p>}
      cli={`assessment select ${center} --reason ${JSON.stringify(reason || "<reason>")}`}
      sdk={`await operator.selectBenchmark(${JSON.stringify({ center, digest, reason })});`}
    >
      <TextInput
        id="select-reason"
        className="field-wide"
        label={t("assessReason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ActionForm>
  );
}
