/** Small labels of a record: its kind and its verdict. @module */

import type { RecordView } from "@tributary/sdk";
import type { Language } from "./choose-language.ts";
import { useView } from "./view.tsx";

export function KindChip({ kind }: { readonly kind: string }) {
  const { labels, language } = useView();
  return <span className="chip chip-kind">{labels.value("kind", kind, language)}</span>;
}

const STATES: { readonly [state: string]: Readonly<Record<Language, string>> } = {
  live: { zh: "有效", en: "live" },
  pending: { zh: "待审", en: "pending" },
  quarantined: { zh: "已隔离", en: "quarantined" },
  superseded: { zh: "已被新版取代", en: "superseded" },
  stale: { zh: "可能过时", en: "stale" },
  withdrawn: { zh: "已撤回", en: "withdrawn" },
  hidden: { zh: "已隐藏", en: "hidden" },
  erased: { zh: "已删除", en: "erased" },
};

export function stateLabel(state: string, language: Language): string {
  return STATES[state]?.[language] ?? state;
}

/** The verdict of the catalog; why, where there is a reason, on hovering and for screen readers. */
export function StateChip({ record }: { readonly record: RecordView }) {
  const { language } = useView();
  const { state, stateReason } = record;
  return (
    <span className={`chip chip-${state}`} title={stateReason || undefined}>
      {stateLabel(state, language)}
    </span>
  );
}

const VISIBILITIES: { readonly [visibility: string]: Readonly<Record<Language, string>> } = {
  public: { zh: "公开", en: "public" },
  members: { zh: "成员可见", en: "members" },
  centers: { zh: "指定中心可见", en: "some centers" },
};

export function visibilityLabel(visibility: string, language: Language): string {
  return VISIBILITIES[visibility]?.[language] ?? visibility;
}
