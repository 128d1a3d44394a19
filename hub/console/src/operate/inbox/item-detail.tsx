/** What waits, as much of it as a decision needs, and the answers that end it. @module */

import { Button, TextInput } from "@mantine/core";
import type { QueueAnswer, QueueItem } from "@tributary/sdk/operator";
import { KindChip, StateChip } from "../../chips.tsx";
import { FieldList } from "../../field-list.tsx";
import { hrefOf, START } from "../../page-state.ts";
import { Waterfall } from "../../providers/waterfall.tsx";
import { fieldsOf } from "../../record-fields.ts";
import { useVocabulary } from "../../use-vocabulary.ts";
import { useView } from "../../view.tsx";
import { mergeHash, operateHash } from "../../views.ts";
import { AsCode } from "../as-code.tsx";
import { Failure } from "../failure.tsx";
import { CompareTable } from "../merge/compare-table.tsx";
import { useOperator } from "../operator.tsx";
import { DECIDE, mayAnswer, TAKE_BACK, titleOf, UNDO } from "./queue-item.ts";

export interface ItemDetailProps {
  readonly item: QueueItem;
  /** Of the field for the reason. */
  readonly reasonId: string;
  readonly reason: string;
  readonly onReason: (text: string) => void;
  readonly isReasonMissing: boolean;
  readonly onAnswer: (answer: QueueAnswer) => void;
  /** Enter was pressed in the field for the reason. */
  readonly onEnter: () => void;
  readonly isBusy: boolean;
  readonly error: unknown;
}

export function ItemDetail(props: ItemDetailProps) {
  const { item, error } = props;
  const view = useView();
  useVocabulary();
  return (
    <section className="inbox-detail">
      <h2>{titleOf(item, view)}</h2>
      <p>{item.waitsFor[view.language]}</p>
      {item.records.length === 0 && <Brief item={item} />}
      <Answers {...props} />
      <Failure error={error} />
      <Full item={item} />
    </section>
  );
}

/** What a decision needs at least. */
function Brief({ item: { reason, checkCode, record, ...item } }: Pick<ItemDetailProps, "item">) {
  const { t, language } = useView();
  // What it waits for says all that an objection says.
  const detail = reason === "objection" ? "" : item.detail;
  if (checkCode !== "") {
    return (
      <p>
        {t("memberCheck")} <strong className="check-code">{checkCode}</strong>
        <span className="remark">{t("memberCheckHint")}</span>
      </p>
    );
  }
  if (record === undefined) return detail === "" ? null : <p className="hint">{detail}</p>;
  const found = record.findings.map(
    ({ rule, message, messageZh }) => `${rule} ${language === "zh" ? messageZh : message}`,
  );
  const why = found.length > 0 ? found.join("; ") : detail;
  return (
    <>
      <p className="chips">
        <KindChip kind={record.ref.kind} />
        <StateChip record={record} />
      </p>
      {why !== "" && <p className="hint">{`${t("inboxWhy")}: ${why}`}</p>}
    </>
  );
}

/** Everything that there is to look at. */
function Full({ item: { record, records, link } }: Pick<ItemDetailProps, "item">) {
  const { t } = useView();
  const [a, b] = records;
  if (a !== undefined && b !== undefined) {
    const [of, to] = a.urn === link?.to ? [b, a] : [a, b];
    return (
      <>
        {link !== undefined && <Waterfall link={link} of={of} to={to} />}
        <CompareTable
          left={{ name: a.centerName, records: [a] }}
          right={{ name: b.centerName, records: [b] }}
        />
        <p>
          <a href={hrefOf({ ...START, view: mergeHash(a.urn, b.urn) })}>{t("inboxCompare")}</a>
        </p>
      </>
    );
  }
  if (record === undefined) return null;
  const { body, urn } = record;
  return (
    <>
      {body !== undefined && <FieldList fields={body.value} table={fieldsOf(body.kind)} />}
      <p>
        <a href={hrefOf({ ...START, record: urn, view: operateHash("inbox") })}>{t("inboxLook")}</a>
      </p>
    </>
  );
}

/** A reason, a button for each answer, and the first as code. */
export function Answers(props: Omit<ItemDetailProps, "error">) {
  const { item, reasonId, reason, onReason, isReasonMissing, onAnswer, onEnter, isBusy } = props;
  const { t, language } = useView();
  const { may } = useOperator();
  const [first] = item.answers;
  const allowed = item.answers.filter((answer) => mayAnswer(answer, may));
  if (first === undefined) return null;
  return (
    <>
      {allowed.length === 0 ? (
        <p className="hint">{t("inboxMayNot")}</p>
      ) : (
        <>
          <TextInput
            id={reasonId}
            label={t("inboxReasonField")}
            error={isReasonMissing ? t("memberReasonNeeded") : undefined}
            value={reason}
            onChange={(event) => onReason(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
              event.preventDefault();
              onEnter();
            }}
          />
          <p className="form-actions">
            {allowed.map((answer) => (
              <Button
                key={answer.action}
                variant={answer === first ? "filled" : "outline"}
                disabled={isBusy}
                onClick={() => onAnswer(answer)}
              >
                {answer.text[language]}
              </Button>
            ))}
          </p>
        </>
      )}
      <AsCode cli={first.command.replace(/^tributary-hub /, "")} sdk={codeOf(first, reason)} />
    </>
  );
}

function codeOf({ rpc, action, subjects, argument }: QueueAnswer, reason: string): string {
  const [center] = subjects;
  if (rpc === UNDO) return `await operator.undo(${argument}, ${JSON.stringify(reason)});`;
  if (rpc === TAKE_BACK) return `await operator.takeBack(${argument}, ${JSON.stringify(reason)});`;
  return rpc === DECIDE
    ? `await operator.decide(${JSON.stringify({ action, subjects, ...(argument !== "" && { argument }), reason })});`
    : `await operator.setMemberState(${JSON.stringify({ center, state: action, reason })});`;
}
