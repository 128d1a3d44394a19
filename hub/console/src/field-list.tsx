/** Values of a body as a list of terms and descriptions. @module */

import { hexOf } from "./hex.ts";
import { type OutcomeClaim, OutcomeClaimText } from "./outcome-claim.tsx";
import { OutsideLink } from "./outside-link.tsx";
import type { FieldInfo, FieldTable } from "./record-fields.ts";
import { TermRow } from "./terms.tsx";
import { useView } from "./view.tsx";

type Fields = Readonly<Record<string, unknown>>;

export interface FieldListProps {
  readonly fields: object;
  readonly table: FieldTable;
}

/** All fields that a message has, the known ones first and in their order. */
export function FieldList({ fields, table }: FieldListProps) {
  const { language } = useView();
  const values = fields as Fields;
  const known = Object.keys(table).filter((name) => values[name] !== undefined);
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(table, name));
  return (
    <dl className="fields">
      {[...known, ...unknown].map((name) => (
        <TermRow key={name} term={table[name]?.[language] ?? name}>
          <FieldValue value={values[name]} info={table[name]} />
        </TermRow>
      ))}
    </dl>
  );
}

export interface FieldValueProps {
  readonly value: unknown;
  readonly info: FieldInfo | undefined;
}

/** One value, in the form that its field has. */
export function FieldValue({ value, info }: FieldValueProps) {
  const { t, formats } = useView();
  if (Array.isArray(value)) return <ValueList values={value} info={info} />;
  const { form } = info ?? {};
  switch (typeof value) {
    case "boolean":
      return t(value ? "yes" : "no");
    case "number":
      if (form === "ratio") return `${formats.number(value * 100)} %`;
      return <Claim text={formats.number(value)} info={info} />;
    case "string":
      if (form === "date") return formats.date(value);
      if (form === "url") return <OutsideLink url={value} />;
      if (typeof form === "object") return <CodeValue code={value} scheme={form.scheme} />;
      return <Claim text={value} info={info} />;
    case "object":
      if (value instanceof Uint8Array) return <code>{hexOf(value)}</code>;
      if (value === null) return null;
      if (form === "outcome") return <OutcomeClaimText claim={value as OutcomeClaim} />;
      if (form === "money") return <Money value={value as Fields} />;
      return <FieldList fields={value} table={info?.fields ?? {}} />;
    default:
      return String(value);
  }
}

/** Of longer lists, such as thousands of hashes, the rest is counted. */
const MAX_ITEMS = 50;

interface ValueListProps {
  readonly values: readonly unknown[];
  readonly info: FieldInfo | undefined;
}

function ValueList({ values, info }: ValueListProps) {
  const { t } = useView();
  const only = info?.form === undefined ? onlyFieldOf(values) : undefined;
  const onlyInfo = only === undefined ? undefined : info?.fields?.[only];
  const isShort = only !== undefined && onlyInfo !== undefined;
  const items = isShort ? values.map((item) => (item as Fields)[only]) : values;
  const isOfMessages = items.some((item) => typeof item === "object" && item !== null);
  return (
    <ul className={isOfMessages ? "messages" : "words"}>
      {items.slice(0, MAX_ITEMS).map((item, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a list of values that never change has no other names
        <li key={i}>
          <FieldValue value={item} info={isShort ? onlyInfo : info} />
        </li>
      ))}
      {values.length > MAX_ITEMS && <li>{t("moreItems", { n: values.length - MAX_ITEMS })}</li>}
    </ul>
  );
}

/** The field that each of some messages has and nothing else: its name need not stand before each of them. */
function onlyFieldOf(values: readonly unknown[]): string | undefined {
  const names = values.map((item) => {
    const isMessage = typeof item === "object" && item !== null && !(item instanceof Uint8Array);
    const [name, ...more] = isMessage ? Object.keys(item) : [];
    return more.length === 0 ? name : undefined;
  });
  return names.every((name) => name === names[0]) ? names[0] : undefined;
}

type Scheme = Exclude<FieldInfo["form"], string | undefined>["scheme"];

function CodeValue({ code, scheme }: { readonly code: string; readonly scheme: Scheme }) {
  const { labels, language } = useView();
  const label = labels.code(scheme, code, language);
  // English labels of industries that no published list translates end in their code.
  if (label === code || label.endsWith(`(${code})`) || !isStandardCode(code)) return label;
  return (
    <>
      {label}
      <code className="code">{code}</code>
    </>
  );
}

/** Codes that people look up (`320500`, `S11`), not the words that stand for a term (`integrator`). */
function isStandardCode(code: string): boolean {
  return /^[A-Z]?\d+$/.test(code);
}

function Claim({ text, info }: { readonly text: string; readonly info: FieldInfo | undefined }) {
  const { t } = useView();
  if (info?.form !== "claim") return text;
  return (
    <>
      {text}
      <span className="remark">{t("selfClaimed")}</span>
    </>
  );
}

function Money({ value }: { readonly value: Fields }) {
  const { t, formats } = useView();
  const {
    amount = 0,
    amountMax,
    currency = "",
  } = value as { amount?: number; amountMax?: number; currency?: string };
  const low = formats.money(amount, currency);
  if (amountMax === undefined) return low;
  return t("moneyRange", { low, high: formats.money(amountMax, currency) });
}
