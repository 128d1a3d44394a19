/** The form that makes or changes a featured collection. @module */

import { Textarea, TextInput } from "@mantine/core";
import type { Collection } from "@tributary/sdk/collections";
import { collectionStatement } from "@tributary/sdk/operator";
import { type ChangeEvent, useState } from "react";
import { useView } from "../../view.tsx";
import { ActionForm } from "../action-form.tsx";
import { useOperator } from "../operator.tsx";
import { useAction } from "../use-action.ts";
import { type NamedRecord, RecordOrder } from "./record-order.tsx";

export interface CollectionFormProps {
  /** What is changed; undefined for a new one. */
  readonly collection: Collection | undefined;
  readonly onDecided: (position: number) => void;
}

/** Texts of a collection, as the form has them; the last two may take several lines. */
const TEXTS = [
  ["nameZh", "curateNameZh"],
  ["nameEn", "curateNameEn"],
  ["textZh", "curateTextZh"],
  ["textEn", "curateTextEn"],
] as const;

type Texts = Readonly<Record<(typeof TEXTS)[number][0], string>>;

export function CollectionForm({ collection, onDecided }: CollectionFormProps) {
  const { t } = useView();
  const { client } = useOperator();
  const [id, setId] = useState(collection?.id ?? "");
  const [texts, setTexts] = useState<Texts>({
    nameZh: collection?.name.zh ?? "",
    nameEn: collection?.name.en ?? "",
    textZh: collection?.text.zh ?? "",
    textEn: collection?.text.en ?? "",
  });
  const [records, setRecords] = useState<readonly NamedRecord[]>(
    collection?.records.map(({ urn, title, ref }) => ({ urn, title: title || ref.key })) ?? [],
  );
  const [reason, setReason] = useState("");
  const [nameZh, nameEn, textZh, textEn] = TEXTS.map(([field]) => texts[field].trim()) as [
    string,
    string,
    string,
    string,
  ];
  const statement = { id, name: { zh: nameZh, en: nameEn }, text: { zh: textZh, en: textEn } };
  const subjects = records.map(({ urn }) => urn);
  const publish = useAction(
    () =>
      client.decide({
        action: "feature",
        subjects,
        argument: collectionStatement.encode(statement),
        reason: reason.trim(),
      }),
    ({ position }) => onDecided(position),
  );
  const quoted = JSON.stringify;
  return (
    <ActionForm
      title={collection === undefined ? t("curateNew") : t("curateChange", { id })}
      submit={t("curateSave")}
      isReady={![id, nameZh, nameEn, reason.trim()].includes("") && records.length > 0}
      action={publish}
      outcome={({ position }) => <p role="status">{t("memberDone", { n: position })}</p>}
      cli={`curation feature ${id || "<id>"} ${subjects.join(" ") || "<urn>"} --name-zh ${quoted(nameZh)} --name-en ${quoted(nameEn)} --text-zh ${quoted(textZh)} --text-en ${quoted(textEn)} --reason ${quoted(reason)}`}
      sdk={`const argument = collectionStatement.encode(${quoted(statement)});
await operator.decide({ action: "feature", subjects: ${quoted(subjects)}, argument, reason: ${quoted(reason)} });`}
    >
      {collection === undefined && (
        <TextInput
          id="collection-id"
          className="field-wide"
          label={t("curateId")}
          autoComplete="off"
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
      )}
      {TEXTS.map(([field, label], i) => {
        const shared = {
          id: `collection-${field}`,
          label: t(label),
          value: texts[field],
          onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
            setTexts({ ...texts, [field]: event.currentTarget.value }),
        };
        return i < 2 ? (
          <TextInput key={field} {...shared} />
        ) : (
          <Textarea key={field} className="field-wide" rows={2} {...shared} />
        );
      })}
      <RecordOrder records={records} onChange={setRecords} />
      {collection !== undefined && collection.notShown > 0 && (
        <p className="note field-wide">{t("curateDropsHidden", { n: collection.notShown })}</p>
      )}
      <TextInput
        id="collection-reason"
        className="field-wide"
        label={t("curateReason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ActionForm>
  );
}
