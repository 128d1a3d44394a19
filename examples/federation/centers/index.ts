/** The three demonstration centers and what their sources really hold. Everything is invented. */
import type { CenterId } from "./content/index.ts";
import { writeCopper } from "./write-copper.ts";
import { writeJiangnan } from "./write-jiangnan.ts";
import { writeSmes } from "./write-smes.ts";

export interface DemoCenter {
  readonly id: CenterId;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly type: "region" | "industry";
  readonly operatingModel: "government_led" | "leader_driven" | "multi_party";
  readonly tier: "provincial";
  /** GB/T 2260 code of the territory it serves. */
  readonly region: string;
  /** Writes the files of this center into a folder. */
  readonly write: (folder: string) => Promise<void>;
}

export const CENTERS: readonly DemoCenter[] = [
  {
    id: "jiangnan",
    nameZh: "赣鄱区域数字化转型促进中心（示例）",
    nameEn: "Ganpo Regional Digital Transformation Center (demo)",
    type: "region",
    operatingModel: "government_led",
    tier: "provincial",
    region: "360000",
    write: writeJiangnan,
  },
  {
    id: "copper",
    nameZh: "赣铜产业数字化转型促进中心（示例）",
    nameEn: "Gantong Copper Industry Digital Transformation Center (demo)",
    type: "industry",
    operatingModel: "leader_driven",
    tier: "provincial",
    region: "360000",
    write: writeCopper,
  },
  {
    id: "smes",
    nameZh: "东海中小企业数字化转型促进中心（示例）",
    nameEn: "East Sea SME Digital Transformation Center (demo)",
    type: "region",
    operatingModel: "multi_party",
    tier: "provincial",
    region: "330000",
    write: writeSmes,
  },
];

export type CountedKind =
  | "center"
  | "provider"
  | "case"
  | "policy"
  | "training"
  | "event"
  | "demand"
  | "voucher_programme";

/** Records per center and kind, without duplicates, empty names and total rows. */
export const COUNTS: Readonly<Record<CenterId, Readonly<Record<CountedKind, number>>>> = {
  jiangnan: {
    center: 1,
    provider: 66,
    case: 59,
    policy: 21,
    training: 9,
    event: 9,
    demand: 35,
    voucher_programme: 2,
  },
  copper: {
    center: 1,
    provider: 47,
    case: 44,
    policy: 11,
    training: 6,
    event: 6,
    demand: 0,
    voucher_programme: 0,
  },
  smes: {
    center: 1,
    provider: 62,
    case: 44,
    policy: 19,
    training: 8,
    event: 8,
    demand: 0,
    voucher_programme: 0,
  },
};

export { ODDITIES, type Oddity, type OddityKind } from "./oddities.ts";
export { openSmesDatabase } from "./write-smes.ts";
