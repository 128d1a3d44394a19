/** What the comparison of two providers needs to know of them. @module */

import type { Client, Entity, RecordView } from "@tributary/sdk";
import type { WaterfallProps } from "../../providers/waterfall.tsx";
import type { OperatorClient } from "../operator.tsx";
import type { Side } from "./compare-table.tsx";

/** A provider with what its records say. */
export interface Provider {
  readonly entity: Entity;
  /** The record that was asked for, else the oldest: what is decided is said of it. */
  readonly own: RecordView;
  /** With bodies. */
  readonly records: readonly RecordView[];
}

/** Records of one provider that are shown. */
const MAX_RECORDS = 10;

/** @param id Of an entity, or the URN of one of its records. */
export async function readProvider(
  client: Client,
  id: string,
  signal: AbortSignal,
): Promise<Provider> {
  const { entity } = await client.entity(id, { signal });
  const urns = entity.members.map(({ record }) => record.urn);
  const first = urns.includes(id) ? id : (urns[0] as string);
  const shown = [first, ...urns.filter((urn) => urn !== first)].slice(0, MAX_RECORDS);
  const answers = await Promise.all(shown.map((urn) => client.get(urn, { signal })));
  const records = answers.map(({ record }) => record);
  return { entity, own: records[0] as RecordView, records };
}

/** A column of the comparison: all records of a provider; of two that are one, the record that was asked for. */
export function sideOf({ entity, own, records: all }: Provider, isOne: boolean): Side {
  const records = isOne ? [own] : all;
  const centers = new Set(records.map(({ centerName, ref }) => centerName || ref.centerId));
  return { name: `${entity.name || own.ref.key} · ${[...centers].join(" · ")}`, records };
}

/** Pages of the queue that are looked through. */
const MAX_PAGES = 5;

/** What speaks for one provider: of the records that are one, or of the question that the queue asks about them. */
export async function linkBetween(
  client: OperatorClient,
  left: Provider,
  right: Provider,
  signal: AbortSignal,
): Promise<WaterfallProps | undefined> {
  if (left.entity.id === right.entity.id) {
    const { members } = left.entity;
    const member = members.find(
      ({ record, link }) => link !== undefined && record.urn !== left.own.urn,
    );
    return (
      member?.link && {
        link: member.link,
        of: member.record,
        to: members.find(({ record }) => record.urn === member.link?.to)?.record,
      }
    );
  }
  const isOf = ({ entity }: Provider, urn: string) =>
    entity.members.some(({ record }) => record.urn === urn);
  let pageToken = "";
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const queue = await client.queue({
      reasons: ["duplicate"],
      center: left.own.ref.centerId,
      pageToken,
      signal,
    });
    for (const { records, link } of queue.items) {
      const [x, y] = records;
      if (x === undefined || y === undefined || link === undefined) continue;
      const isPair =
        (isOf(left, x.urn) && isOf(right, y.urn)) || (isOf(left, y.urn) && isOf(right, x.urn));
      if (isPair) return x.urn === link.to ? { link, of: y, to: x } : { link, of: x, to: y };
    }
    pageToken = queue.nextPageToken;
    if (pageToken === "") break;
  }
  return undefined;
}
