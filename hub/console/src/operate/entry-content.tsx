/** What an entry of the log says, in a sentence and with all its fields. @module */

import { type LogContent, type LogEntryView, wordsOfVerb } from "@tributary/sdk/operator";
import { FieldList } from "../field-list.tsx";
import { hexOf } from "../hex.ts";
import type { MessageName } from "../language.ts";
import { useView, type View } from "../view.tsx";
import { STATE_NAMES } from "./members-page.tsx";

export const TYPE_NAMES = {
  batch: "logBatchType",
  refusal: "logRefusalType",
  membership: "logMembershipType",
  curation: "logCurationType",
  erasure: "logErasureType",
  policy: "logPolicyType",
  restart: "logRestartType",
  epoch: "logEpochType",
} as const satisfies Record<LogContent["type"], MessageName>;

export interface EntryContentProps {
  readonly entry: LogEntryView;
  readonly nameOf: (centerId: string) => string;
}

export function EntryContent({ entry: { content, statement }, nameOf }: EntryContentProps) {
  const view = useView();
  const { t } = view;
  const [what, who] = sentence(content, nameOf, view);
  const { type: _, ...fields } = content;
  return (
    <>
      <div>{what}</div>
      {who !== "" && <div className="hint">{who}</div>}
      <details className="entry-fields">
        <summary>{t("logAll", { n: statement.length })}</summary>
        <FieldList fields={Object.assign({}, ...Object.values(fields))} table={{}} />
        <p className="remark">{t("logHex")}</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keys */}
        <pre tabIndex={0}>{hexOf(statement)}</pre>
      </details>
    </>
  );
}

/** What happened, and by whom and why. */
function sentence(
  content: LogContent,
  nameOf: EntryContentProps["nameOf"],
  { t, language }: View,
): readonly [what: string, who: string] {
  switch (content.type) {
    case "batch": {
      const { centerId, recordCount, seq } = content.header;
      return [
        t("logBatch", { center: nameOf(centerId), n: recordCount }),
        t("logBatchSeq", { seq: String(seq) }),
      ];
    }
    case "refusal": {
      const { code, message, messageZh } = content.refusal;
      const why = language === "zh" ? messageZh || message : message;
      return [t("logRefused", { center: nameOf(content.header.centerId), why }), code];
    }
    case "membership": {
      const { centerId, centerName, state, actor, reason } = content.change;
      const center = centerName || nameOf(centerId);
      return [t("logMember", { center, state: t(STATE_NAMES[state]) }), by(actor, reason)];
    }
    case "curation": {
      const { action, subjects, argument, actor, reason } = content.decision;
      const verb = wordsOfVerb(action)[language];
      const about = subjects.length === 0 ? "" : t("logAbout", { n: subjects.length });
      // What is a statement in JSON stands among the fields.
      const words = argument.startsWith("{") ? "" : argument;
      return [[verb, words, about].filter((text) => text !== "").join(" · "), by(actor, reason)];
    }
    case "erasure": {
      const { position, index, actor, reason } = content.erasure;
      return [t("logErased", { position, index }), by(actor, reason)];
    }
    case "policy": {
      const { name, value, actor } = content.change;
      return [`${name} = ${value}`, actor];
    }
    case "restart": {
      const { version, logSize } = content.restart;
      return [t("logRestart", { version, n: logSize }), ""];
    }
    case "epoch": {
      const { epoch, centers } = content.summary;
      return [t("logEpoch", { epoch, n: centers.length }), ""];
    }
  }
}

function by(actor: string, reason: string): string {
  return [actor, reason].filter((text) => text !== "").join(" · ");
}
