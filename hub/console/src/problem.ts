/** What went wrong, and what to do. @module */

import { ClientError, isTributaryError, type TributaryErrorCode } from "@tributary/sdk";
import { el } from "./dom.ts";
import type { MessageName } from "./language.ts";
import type { PageState } from "./page-state.ts";
import { hrefOf, type View } from "./view.ts";

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

/** Ways on from a problem. */
export interface WaysOn {
  readonly retry: () => void;
  /** A state that has a chance. */
  readonly startOver: PageState;
}

/** An error as a person can use it. An error without a code is a defect of the page: shown, never swallowed. */
export function problem(
  error: unknown,
  { t, language }: View,
  { retry, startOver }: WaysOn,
): HTMLElement {
  const known = isTributaryError(error) ? error : undefined;
  const message =
    known === undefined ? String(error) : language === "zh" ? known.messageZh : known.message;
  const requestId = error instanceof ClientError ? error.requestId : undefined;
  return el(
    "section",
    { class: "problem", role: "alert" },
    el("h2", {}, t("problem")),
    el("p", {}, message),
    el("p", { class: "what-to-do" }, t((known && WHAT_TO_DO[known.code]) ?? "doReport")),
    el(
      "dl",
      { class: "inline" },
      el("dt", {}, t("problemCode")),
      el("dd", {}, el("code", {}, known?.code ?? "ERR_INTERNAL")),
      requestId !== undefined && el("dt", {}, t("problemRequest")),
      requestId !== undefined && el("dd", {}, el("code", {}, requestId)),
    ),
    el(
      "p",
      { class: "actions" },
      el("button", { type: "button", class: "primary", on: { click: retry } }, t("retry")),
      el("a", { href: hrefOf(startOver) }, t("startOver")),
    ),
  );
}
