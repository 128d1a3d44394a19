/** The queue as a list with keys, what is chosen in it, and what becomes of it. @module */

import { Button } from "@mantine/core";
import type { QueueAnswer, QueueItem, QueueReason } from "@tributary/sdk/operator";
import { type KeyboardEvent, useRef, useState } from "react";
import { Answer } from "../../page-frame.tsx";
import { useCenterNames } from "../../use-center-names.ts";
import { usePages } from "../../use-pages.ts";
import { useView } from "../../view.tsx";
import { VirtualRows } from "../../virtual-rows.tsx";
import { Failure } from "../failure.tsx";
import { useOperator } from "../operator.tsx";
import { useAction } from "../use-action.ts";
import { Bulk } from "./bulk.tsx";
import { type QueueOrder, REASON_NAMES } from "./inbox-page.tsx";
import { ItemDetail } from "./item-detail.tsx";
import {
  type Answering,
  DECIDE,
  giveAnswer,
  mayAnswer,
  needsReason,
  titleOf,
  UNDO,
} from "./queue-item.ts";

const PAGE_SIZE = 100;
/** Height of a row before it was measured; px. */
const ROW_PX = 66;
const LIST_ID = "inbox-list";
const REASON_ID = "inbox-why";

export interface QueueProps {
  /** Empty for all. */
  readonly reason: QueueReason | "";
  readonly order: QueueOrder;
  readonly onDecided: () => void;
}

/** What was decided last, and what is off the list by it. */
interface Done {
  readonly position: number;
  readonly ids: readonly string[];
  readonly isUndone: boolean;
  /** Whether it is a decision, which can be undone; the state of a member cannot. */
  readonly isDecision: boolean;
}

export function Queue({ reason, order, onDecided }: QueueProps) {
  const { t } = useView();
  const { client, may } = useOperator();
  const nameOf = useCenterNames();
  const {
    items: read,
    asked,
    readOn,
  } = usePages(
    `operate queue ${reason} ${order}`,
    (pageToken, signal) =>
      client.queue({
        reasons: reason === "" ? [] : [reason],
        order,
        pageSize: PAGE_SIZE,
        pageToken,
        signal,
      }),
    ({ items }) => items,
  );
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState(0);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [done, setDone] = useState<Done>();
  const [why, setWhy] = useState({ id: "", text: "" });
  /** The answer that waits for its reason. */
  const [refusal, setRefusal] = useState<QueueAnswer>();
  const list = useRef<HTMLDivElement>(null);
  const focusList = () => list.current?.querySelector<HTMLElement>(`#${LIST_ID}`)?.focus();

  const items = read.filter(({ id }) => !gone.has(id));
  const at = Math.min(chosen, items.length - 1);
  const item = items[at];
  const text = why.id === item?.id ? why.text : "";

  const leave = (ids: readonly string[], position: number, isDecision: boolean) => {
    setGone(new Set([...gone, ...ids]));
    setMarked(new Set([...marked].filter((id) => !ids.includes(id))));
    setDone({ position, ids, isUndone: false, isDecision });
    setRefusal(undefined);
    onDecided();
  };
  const give = useAction(
    async (answering: Answering & { readonly item: QueueItem }) => ({
      position: await giveAnswer(client, answering),
      ...answering,
    }),
    ({ position, item: { id }, answer }) => {
      leave([id], position, answer.rpc === DECIDE || answer.rpc === UNDO);
      focusList();
    },
  );
  const undo = useAction(
    async ({ position, ids }: Done) => ({
      ids,
      receipt: await client.undo(position, t("decisionUndoReason")),
    }),
    ({ ids, receipt }) => {
      setGone(new Set([...gone].filter((id) => !ids.includes(id))));
      setDone({ position: receipt.position, ids: [], isUndone: true, isDecision: false });
      onDecided();
      focusList();
    },
  );

  const answerWith = (answer: QueueAnswer | undefined) => {
    if (item === undefined || answer === undefined || give.isBusy) return;
    if (!mayAnswer(answer, may)) return;
    if (needsReason(item, answer) && text.trim() === "") {
      setRefusal(answer);
      document.getElementById(REASON_ID)?.focus();
    } else void give.run({ item, answer, reason: text.trim() });
  };
  const undoLast = () => {
    if (done?.isDecision === true && !undo.isBusy) void undo.run(done);
  };
  const mark = ({ id, record }: QueueItem) => {
    if (record === undefined) return; // what is about pairs and centers is decided one by one
    const next = new Set(marked);
    if (!next.delete(id)) next.add(id);
    setMarked(next);
  };
  const move = (to: number) => {
    setRefusal(undefined);
    setChosen(Math.max(0, Math.min(items.length - 1, to)));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const places: Readonly<Record<string, number>> = {
      j: at + 1,
      k: at - 1,
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: items.length - 1,
    };
    const acts: Readonly<Record<string, () => void>> = {
      a: () => answerWith(item?.answers[0]),
      d: () => answerWith(item?.answers[1]),
      x: () => item && mark(item),
      u: undoLast,
    };
    const place = places[event.key];
    const act = place === undefined ? acts[event.key] : () => move(place);
    if (act === undefined) return;
    event.preventDefault();
    act();
  };

  return (
    <>
      <p role="status" className="inbox-done">
        {done !== undefined && t(done.isUndone ? "inboxUndone" : "inboxDone", { n: done.position })}{" "}
        {done?.isDecision === true && may("curator") && (
          <Button variant="light" size="compact-md" disabled={undo.isBusy} onClick={undoLast}>
            {t("decisionUndo")}
          </Button>
        )}
      </p>
      <Failure error={undo.error} />
      {items.length === 0 ? (
        <Answer asked={asked} waiting={t("operateLoading")}>
          {() => <p className="note">{t("inboxNone")}</p>}
        </Answer>
      ) : (
        <div className="inbox" ref={list}>
          <VirtualRows
            items={items}
            label={t("inboxList")}
            rowPx={ROW_PX}
            onEnd={readOn}
            active={at}
            listProps={{
              id: LIST_ID,
              role: "listbox",
              tabIndex: 0,
              "aria-label": t("inboxList"),
              "aria-multiselectable": true,
              "aria-activedescendant": `inbox-item-${at}`,
              onKeyDown,
            }}
            rowProps={({ id }, index) => ({
              id: `inbox-item-${index}`,
              role: "option",
              "aria-selected": marked.has(id),
              "aria-current": index === at ? "true" : undefined,
              onClick: () => {
                move(index);
                focusList();
              },
            })}
          >
            {(one) => <ItemRow item={one} isMarked={marked.has(one.id)} nameOf={nameOf} />}
          </VirtualRows>
          {item !== undefined && (
            <ItemDetail
              key={item.id}
              item={item}
              reasonId={REASON_ID}
              reason={text}
              onReason={(next) => setWhy({ id: item.id, text: next })}
              isReasonMissing={refusal !== undefined && text.trim() === ""}
              onAnswer={answerWith}
              onEnter={() => answerWith(refusal)}
              isBusy={give.isBusy}
              error={give.error}
            />
          )}
        </div>
      )}
      {may("curator") && (
        <Bulk
          marked={items.filter(({ id }) => marked.has(id))}
          onDecided={(urns, position) => {
            const decided = items.filter(({ record }) => record && urns.includes(record.urn));
            leave(
              decided.map(({ id }) => id),
              position,
              true,
            );
          }}
        />
      )}
    </>
  );
}

interface ItemRowProps {
  readonly item: QueueItem;
  readonly isMarked: boolean;
  readonly nameOf: (centerId: string) => string;
}

function ItemRow({ item, isMarked, nameOf }: ItemRowProps) {
  const view = useView();
  const { t, formats, nowMs } = view;
  const { reason, centerIds, sinceMs } = item;
  const name = (REASON_NAMES as Readonly<Record<string, (typeof REASON_NAMES)[QueueReason]>>)[
    reason
  ];
  return (
    <div className="row">
      <strong>
        {isMarked && <span aria-hidden="true">✓ </span>}
        {titleOf(item, view)}
      </strong>
      <span className="row-facts">
        <span className={`chip reason-${reason}`}>{name === undefined ? reason : t(name)}</span>
        <span>{centerIds.map(nameOf).join(" · ")}</span>
        <span>{formats.ago(sinceMs, nowMs())}</span>
      </span>
    </div>
  );
}
