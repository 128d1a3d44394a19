/** Values of a body as a list of terms and descriptions. @module */

import { type Child, el, outsideLink } from "./dom.ts";
import { hexOf } from "./hex.ts";
import { type OutcomeClaim, outcomeClaim } from "./outcome-claim.ts";
import type { FieldInfo, FieldTable } from "./record-fields.ts";
import type { View } from "./view.ts";

type Fields = Readonly<Record<string, unknown>>;

/** All fields that a message has, the known ones first and in their order. */
export function fieldList(fields: object, table: FieldTable, view: View): HTMLElement {
  const values = fields as Fields;
  const known = Object.keys(table).filter((name) => values[name] !== undefined);
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(table, name));
  return el(
    "dl",
    { class: "fields" },
    ...[...known, ...unknown].flatMap((name) => {
      const info = table[name];
      return [
        el("dt", {}, info?.[view.language] ?? name),
        el("dd", {}, ...describe(values[name], info, view)),
      ];
    }),
  );
}

function describe(value: unknown, info: FieldInfo | undefined, view: View): Child[] {
  if (Array.isArray(value)) return describeList(value, info, view);
  const { form } = info ?? {};
  const { t, formats, labels, language } = view;
  switch (typeof value) {
    case "boolean":
      return [t(value ? "yes" : "no")];
    case "number":
      if (form === "ratio") return [`${formats.number(value * 100)} %`];
      return claim(formats.number(value), info, view);
    case "string":
      if (form === "date") return [formats.date(value)];
      if (form === "url") return [outsideLink(value)];
      if (typeof form === "object") {
        const label = labels.code(form.scheme, value, language);
        return label === value || !isStandardCode(value)
          ? [label]
          : [label, el("code", { class: "code" }, value)];
      }
      return claim(value, info, view);
    case "object":
      if (value instanceof Uint8Array) return [el("code", {}, hexOf(value))];
      if (value === null) return [];
      if (form === "outcome") return outcomeClaim(value as OutcomeClaim, view);
      if (form === "money") return [money(value as Fields, view)];
      return [fieldList(value, info?.fields ?? {}, view)];
    default:
      return [String(value)];
  }
}

/** Of longer lists, such as thousands of hashes, the rest is counted. */
const MAX_ITEMS = 50;

function describeList(
  values: readonly unknown[],
  info: FieldInfo | undefined,
  view: View,
): Child[] {
  const isOfMessages = values.some((item) => typeof item === "object" && item !== null);
  return [
    el(
      "ul",
      { class: isOfMessages ? "messages" : "words", role: "list" },
      ...values.slice(0, MAX_ITEMS).map((item) => el("li", {}, ...describe(item, info, view))),
      values.length > MAX_ITEMS &&
        el("li", {}, view.t("moreItems", { n: values.length - MAX_ITEMS })),
    ),
  ];
}

/** Codes that people look up (`320500`, `S11`), not the words that stand for a term (`integrator`). */
function isStandardCode(code: string): boolean {
  return /^[A-Z]?\d+$/.test(code);
}

function claim(text: string, info: FieldInfo | undefined, { t }: View): Child[] {
  if (info?.form !== "claim") return [text];
  return [text, el("span", { class: "remark" }, t("selfClaimed"))];
}

function money(value: Fields, { t, formats }: View): string {
  const {
    amount = 0,
    amountMax,
    currency = "",
  } = value as {
    amount?: number;
    amountMax?: number;
    currency?: string;
  };
  const low = formats.money(amount, currency);
  if (amountMax === undefined) return low;
  return t("moneyRange", { low, high: formats.money(amountMax, currency) });
}
