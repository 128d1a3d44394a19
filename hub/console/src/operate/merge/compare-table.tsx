/** Two providers field by field: what both say stands side by side. @module */

import { Table } from "@mantine/core";
import type { RecordView } from "@tributary/sdk";
import { FieldValue } from "../../field-list.tsx";
import { Icon } from "../../icon.tsx";
import { fieldsOf } from "../../record-fields.ts";
import { sameValue } from "../../same-value.ts";
import { useView } from "../../view.tsx";

/** One of the two: the records that describe it, with their bodies. */
export interface Side {
  readonly name: string;
  readonly records: readonly RecordView[];
}

export interface CompareTableProps {
  readonly left: Side;
  readonly right: Side;
}

/** Fields that are about the record rather than the provider. */
const NOT_COMPARED = new Set(["usccCheck", "unmapped"]);

export function CompareTable({ left, right }: CompareTableProps) {
  const { t, language } = useView();
  const table = fieldsOf("provider");
  const [a, b] = [valuesOf(left), valuesOf(right)];
  const order = Object.keys(table);
  const names = [...new Set([...a.keys(), ...b.keys()])]
    .filter((name) => !NOT_COMPARED.has(name))
    .sort((x, y) => placeIn(order, x) - placeIn(order, y));
  return (
    <div className="table-box">
      <Table className="compare" verticalSpacing="xs" captionSide="top">
        <Table.Caption>{t("mergeFields")}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("mergeField")}</Table.Th>
            {[left, right].map(({ name, records }, i) => (
              <Table.Th key={i === 0 ? "left" : "right"}>
                {t("mergeRecords", { name, n: records.length })}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {names.map((name) => {
            const [x = [], y = []] = [a.get(name), b.get(name)];
            const info = table[name];
            return (
              <Table.Tr key={name} className={x.length > 0 && y.length > 0 ? "" : "one-side"}>
                <Table.Th scope="row">
                  {info?.[language] ?? name} <Agreement left={x} right={y} />
                </Table.Th>
                {[x, y].map((values, i) => (
                  <Table.Td key={i === 0 ? "left" : "right"}>
                    {values.map((value, at) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: values that never change have no other names
                      <div key={at}>
                        <FieldValue value={value} info={info} />
                      </div>
                    ))}
                  </Table.Td>
                ))}
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </div>
  );
}

interface AgreementProps {
  readonly left: readonly unknown[];
  readonly right: readonly unknown[];
}

/** A sign and a word: colour alone says nothing. */
function Agreement({ left, right }: AgreementProps) {
  const { t } = useView();
  if (left.length === 0 || right.length === 0) {
    return <span className="visually-hidden">{t("mergeOneSide")}</span>;
  }
  const isSame = left.some((value) => right.some((other) => sameValue(value, other)));
  return (
    <span
      className={isSame ? "agrees" : "differs"}
      title={t(isSame ? "mergeSame" : "mergeDiffers")}
    >
      <Icon name={isSame ? "check" : "cross"} />
      <span className="visually-hidden">{t(isSame ? "mergeSame" : "mergeDiffers")}</span>
    </span>
  );
}

/** What the records of one side say in each field, each value once. */
function valuesOf({ records }: Side): ReadonlyMap<string, readonly unknown[]> {
  const values = new Map<string, unknown[]>();
  for (const { body } of records) {
    for (const [name, value] of Object.entries(body?.value ?? {})) {
      const known = values.get(name) ?? [];
      if (!known.some((other) => sameValue(other, value))) values.set(name, [...known, value]);
    }
  }
  return values;
}

function placeIn(order: readonly string[], name: string): number {
  const at = order.indexOf(name);
  return at < 0 ? order.length : at;
}
