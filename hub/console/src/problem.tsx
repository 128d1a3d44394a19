/** What went wrong, and what to do. @module */

import { Button } from "@mantine/core";
import { ClientError, isTributaryError, type TributaryErrorCode } from "@tributary/sdk";
import type { Language } from "./choose-language.ts";
import type { MessageName } from "./language.ts";
import { hrefOf, type PageState } from "./page-state.ts";
import { useView } from "./view.tsx";

const WHAT_TO_DO: { readonly [code in TributaryErrorCode]?: MessageName } = {
  ERR_UNAVAILABLE: "doUnavailable",
  ERR_PROTOCOL: "doUnavailable",
  ERR_DEADLINE: "doRetry",
  ERR_OVERLOADED: "doRetry",
  ERR_NOT_FOUND: "doNotFound",
  ERR_URN_MALFORMED: "doNotFound",
  ERR_QUERY_INVALID: "doChange",
  ERR_PAGE_TOKEN: "doStartOver",
};

/** An error in the reader's language. */
export function errorText(error: unknown, language: Language): string {
  if (!isTributaryError(error)) return String(error);
  return language === "zh" ? error.messageZh : error.message;
}

/** The code of an error; one without is a defect of the page. */
export function errorCode(error: unknown): string {
  return isTributaryError(error) ? error.code : "ERR_INTERNAL";
}

export interface ProblemProps {
  readonly error: unknown;
  readonly onRetry: () => void;
  /** A state that has a chance. */
  readonly startOver: PageState;
}

/** An error as a person can use it. An error without a code is a defect of the page: shown, never swallowed. */
export function Problem({ error, onRetry, startOver }: ProblemProps) {
  const { t, language } = useView();
  const known = isTributaryError(error) ? error : undefined;
  const requestId = error instanceof ClientError ? error.requestId : undefined;
  return (
    <section className="problem" role="alert">
      <h2>{t("problem")}</h2>
      <p>{errorText(error, language)}</p>
      <p className="what-to-do">{t((known && WHAT_TO_DO[known.code]) ?? "doReport")}</p>
      <dl className="inline">
        <dt>{t("problemCode")}</dt>
        <dd>
          <code>{errorCode(error)}</code>
        </dd>
        {requestId !== undefined && (
          <>
            <dt>{t("problemRequest")}</dt>
            <dd>
              <code>{requestId}</code>
            </dd>
          </>
        )}
      </dl>
      <p className="actions">
        <Button onClick={onRetry}>{t("retry")}</Button>
        <a href={hrefOf(startOver)}>{t("startOver")}</a>
      </p>
    </section>
  );
}
