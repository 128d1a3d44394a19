/** A page of assessors about one center: what the hub answers of it, and what was recorded there last. @module */

import { type ReactNode, useRef, useState } from "react";
import { Answer } from "../../page-frame.tsx";
import { hrefOf, START } from "../../page-state.ts";
import { useAnswer } from "../../use-answer.ts";
import { useView } from "../../view.tsx";
import { type OperatorPage, operateHash } from "../../views.ts";
import { caughtUp } from "../caught-up.ts";
import { useOperator } from "../operator.tsx";

export interface AboutCenterProps<T> {
  readonly page: OperatorPage;
  readonly center: string;
  /** What the way to all centers is called. */
  readonly back: string;
  readonly load: (signal: AbortSignal) => Promise<T>;
  /** @param onDone Is told the position in the log of what was done, and asks again with it. */
  readonly children: (answer: T, onDone: (position: number) => void) => ReactNode;
}

export function AboutCenter<T>({ page, center, back, load, children }: AboutCenterProps<T>) {
  const { t } = useView();
  const { client } = useOperator();
  const [after, setAfter] = useState(-1);
  const done = useRef<HTMLParagraphElement>(null);
  const asked = useAnswer(`operate ${page} ${center} ${after}`, async (signal) => {
    await caughtUp(client, after, signal);
    return load(signal);
  });
  const onDone = (position: number) => {
    setAfter(position);
    done.current?.focus(); // the form that had the focus is asked for anew
  };
  return (
    <>
      <p>
        <a href={hrefOf({ ...START, view: operateHash(page) })}>{back}</a>
      </p>
      <p role="status" ref={done} tabIndex={-1}>
        {after >= 0 && t("memberDone", { n: after })}
      </p>
      <Answer asked={asked} waiting={t("operateLoading")}>
        {(answer) => children(answer, onDone)}
      </Answer>
    </>
  );
}
