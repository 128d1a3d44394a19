/** Two providers side by side, and whether they are one. @module */

import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { MoreButton } from "../../more-button.tsx";
import { Answer } from "../../page-frame.tsx";
import { hrefOf, START } from "../../page-state.ts";
import { Waterfall } from "../../providers/waterfall.tsx";
import { Section } from "../../terms.tsx";
import { useAnswer } from "../../use-answer.ts";
import { usePages } from "../../use-pages.ts";
import { useView } from "../../view.tsx";
import { mergeHash, operateHash, providerHash } from "../../views.ts";
import { AsCode } from "../as-code.tsx";
import { caughtUp } from "../caught-up.ts";
import { DecisionList } from "../decision-list.tsx";
import { Failure } from "../failure.tsx";
import { useOperator } from "../operator.tsx";
import { RecordBox } from "../record-box.tsx";
import { useAction } from "../use-action.ts";
import { CompareTable } from "./compare-table.tsx";
import { linkBetween, type Provider, readProvider, sideOf } from "./provider-pair.ts";

export interface MergePageProps {
  /** Two identifiers of entities or URNs of their records; less than two to choose them. */
  readonly about: readonly string[];
}

export function MergePage({ about: [a, b] }: MergePageProps) {
  return (
    <>
      {a === undefined || b === undefined ? (
        <>
          <Pick />
          <Suspected />
        </>
      ) : (
        <Pair a={a} b={b} />
      )}
    </>
  );
}

function Pick() {
  const { t, go } = useView();
  const [a, setA] = useState("");
  const [b, setB] = useState("");
  const countText = (n: number) => t("mergeOptions", { n });
  const box = { kind: "provider", hint: t("mergePickHint"), countText } as const;
  return (
    <Section title={t("mergePick")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (a !== "" && b !== "") go({ ...START, view: mergeHash(a, b) });
        }}
      >
        <div className="field-grid">
          <RecordBox {...box} id="merge-a" label={t("mergeFirst")} onChange={setA} />
          <RecordBox {...box} id="merge-b" label={t("mergeSecond")} onChange={setB} />
        </div>
        <p className="form-actions">
          <Button type="submit" disabled={a === "" || b === ""}>
            {t("mergeCompare")}
          </Button>
        </p>
      </form>
    </Section>
  );
}

const PAGE_SIZE = 50;

function Suspected() {
  const { t } = useView();
  const { client } = useOperator();
  const { items, asked, readOn } = usePages(
    "operate suspected",
    (pageToken, signal) =>
      client.queue({ reasons: ["duplicate"], pageSize: PAGE_SIZE, pageToken, signal }),
    (page) => page.items,
  );
  return (
    <Section title={t("mergeSuspected")}>
      {items.length === 0 && (
        <Answer asked={asked} waiting={t("operateLoading")}>
          {() => <p className="hint">{t("mergeNoneSuspected")}</p>}
        </Answer>
      )}
      <ul className="link-list">
        {items.map(({ id, records: [a, b] }) =>
          a === undefined || b === undefined ? null : (
            <li key={id}>
              <a href={hrefOf({ ...START, view: mergeHash(a.urn, b.urn) })}>
                {t("inboxPair", { a: a.title || a.ref.key, b: b.title || b.ref.key })}
              </a>
              <span className="hint">{`${a.centerName} · ${b.centerName}`}</span>
            </li>
          ),
        )}
      </ul>
      <MoreButton readOn={readOn} />
    </Section>
  );
}

interface PairProps {
  readonly a: string;
  readonly b: string;
}

function Pair({ a, b }: PairProps) {
  const { t, client: reader, labels } = useView();
  const { client, may } = useOperator();
  const [after, setAfter] = useState(-1);
  const asked = useAnswer(`operate merge ${a} ${b} ${after}`, async (signal) => {
    await caughtUp(client, after, signal);
    const [left, right] = await Promise.all([
      readProvider(reader, a, signal),
      readProvider(reader, b, signal),
      labels.load(),
    ]);
    const isOne = left.entity.id === right.entity.id;
    return { left, right, isOne, link: await linkBetween(client, left, right, signal) };
  });
  return (
    <>
      <p className="back">
        <a href={hrefOf({ ...START, view: operateHash("merge") })}>{t("mergeChooseOther")}</a>
      </p>
      {after >= 0 && <p role="status">{t("inboxDone", { n: after })}</p>}
      <Answer asked={asked} waiting={t("operateLoading")}>
        {({ left, right, link, isOne }) => (
          <>
            <Section title={t("mergeBoth")}>
              {isOne && (
                <p className="note">
                  {t("mergeOne")}{" "}
                  <a href={hrefOf({ ...START, view: providerHash(left.entity.id) })}>
                    {left.entity.name}
                  </a>
                </p>
              )}
              <CompareTable left={sideOf(left, isOne)} right={sideOf(right, isOne)} />
            </Section>
            <Section title={t("mergeWeights")}>
              {link === undefined ? (
                <p className="hint">{t("mergeNoWeights")}</p>
              ) : (
                <Waterfall {...link} />
              )}
            </Section>
            {may("curator") && <Verdict left={left} right={right} onDecided={setAfter} />}
            <DecisionList key={after} about={left.own.urn} after={after} onUndone={setAfter} />
          </>
        )}
      </Answer>
    </>
  );
}

interface VerdictProps {
  readonly left: Provider;
  readonly right: Provider;
  readonly onDecided: (position: number) => void;
}

/** What the two are, as verbs; a merge needs no reason. */
const VERDICTS = [
  ["merge", "mergeYes"],
  ["split", "mergeNo"],
  ["relate", "mergeRelated"],
] as const;

function Verdict({ left, right, onDecided }: VerdictProps) {
  const { t } = useView();
  const { client } = useOperator();
  const [reason, setReason] = useState("");
  const [isMissing, setMissing] = useState(false);
  const subjects = [left.own.urn, right.own.urn];
  const decide = useAction(
    (action: string) => client.decide({ action, subjects, reason: reason.trim() }),
    ({ position }) => onDecided(position),
  );
  const isOne = left.entity.id === right.entity.id;
  const decideOn = (action: string) => {
    const lacksReason = action !== "merge" && reason.trim() === "";
    setMissing(lacksReason);
    if (!lacksReason) void decide.run(action);
  };
  return (
    <Section title={t("mergeDecide")}>
      <TextInput
        id="merge-reason"
        label={t("mergeReason")}
        error={isMissing ? t("memberReasonNeeded") : undefined}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Failure error={decide.error} />
      <p className="form-actions">
        {VERDICTS.filter(([action]) => action !== "merge" || !isOne).map(([action, label]) => (
          <Button
            key={action}
            variant={action === "merge" ? "filled" : "outline"}
            disabled={decide.isBusy || left.own.urn === right.own.urn}
            onClick={() => decideOn(action)}
          >
            {t(label)}
          </Button>
        ))}
      </p>
      <AsCode
        cli={`curation merge ${subjects.join(" ")} --reason ${JSON.stringify(reason)}`}
        sdk={`await operator.decide(${JSON.stringify({ action: "merge", subjects, reason })});`}
      />
    </Section>
  );
}
