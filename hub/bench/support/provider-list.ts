/**
 * Synthetic providers as several centers would list them: invented names, with everything that makes two lists of the same
 * companies differ, and with relatives that are not the same. The same seed gives the same list.
 *
 * @module
 */

import { organisationCheckDigit, regionTable, usccCheckDigit } from "@tributary/proto/vocabulary";
import { Converter } from "opencc-js/cn2t";
import { pinyin } from "pinyin-pro";
import type { EntityRecord } from "../../src/catalog/entities/record.ts";
import { seeded } from "../../src/index/semantic/seeded.ts";

/** A record and the company that it describes. */
export interface ListedProvider {
  readonly record: EntityRecord;
  readonly company: string;
}

interface Company {
  readonly key: string;
  readonly place: string;
  readonly city: string;
  readonly brand: string;
  readonly trade: string;
  readonly form: string;
  readonly code: string;
  readonly domain: string;
  readonly phone: string;
  readonly address: string;
  readonly branch: string;
}

const BRAND_CHARACTERS = [
  ..."华中金海天宏盛泰德信达安康瑞丰兴隆永恒利源通顺和平正大同创新远东方凯博文明光辉星辰月阳春晓江河山川云峰岭石玉宝珍珠",
  ..."龙凤麒麟鹏鹰马虎奇特优佳美雅诚义仁智慧思睿联合众汇聚集百千万亿嘉锦荣贵富昌茂祥福禄寿喜乐宁静怡悦欣朗清雷霆锐捷迅",
  ..."飞翔跃腾升起航帆舟桥路坤乾元亨贞维纳科拓普森林木柏松竹兰梅菊桂枫艾朵拉尔斯曼卡迪欧亚非格伦托克巴洛菲蒙",
];
const TRADES = [
  "科技",
  "信息技术",
  "智能科技",
  "软件",
  "网络科技",
  "自动化",
  "智能装备",
  "工业互联网",
  "数字科技",
  "物联网科技",
  "机器人",
  "系统集成",
  "电子",
  "电子科技",
  "机械制造",
  "精密机械",
  "新材料",
  "环保科技",
  "能源科技",
  "信息科技",
  "数据技术",
  "云计算",
  "测控技术",
  "仪器仪表",
  "工程技术",
  "咨询服务",
  "企业管理咨询",
  "供应链管理",
  "检测技术",
  "传感技术",
];
const FORMS = ["有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司"];
const ROADS = [
  "人民",
  "建设",
  "中山",
  "解放",
  "科技",
  "创业",
  "工业",
  "高新",
  "迎宾",
  "滨江",
  "学府",
  "文化",
  "光明",
  "长江",
];
const ENGLISH: Readonly<Record<string, string>> = {
  科: "Technology",
  信: "Information Technology",
  智: "Intelligent Technology",
  软: "Software",
  机: "Machinery",
  电: "Electronics",
};

/** Makes companies and what centers list of them, one record after the other. */
export function* providerList(seed: number): Generator<ListedProvider> {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const chance = (share: number) => random() < share;
  const cities = [...regionTable().values()].filter(({ level }) => level === "city");
  const digits = (count: number) =>
    Array.from({ length: count }, () => Math.floor(random() * 10)).join("");
  const homophones = Map.groupBy(BRAND_CHARACTERS, (character) =>
    pinyin(character, { toneType: "none" }),
  );
  let companies = 0;
  let records = 0;

  while (true) {
    const company = newCompany();
    yield* listed(company);
    if (chance(0.12)) yield* listed(subsidiaryOf(company));
    if (chance(0.05)) yield* listed(branchOf(company));
  }

  function newCompany(): Company {
    const city = pick(cities);
    const brand = Array.from({ length: chance(0.6) ? 2 : chance(0.8) ? 3 : 4 }, () =>
      pick(BRAND_CHARACTERS),
    ).join("");
    const letters = pinyin(brand, { toneType: "none", type: "array" }).join("");
    return {
      key: `company ${companies++}`,
      place: chance(0.8) ? (chance(0.5) ? city.zh : city.short) : "",
      city: city.zh,
      brand,
      trade: pick(TRADES),
      form: pick(FORMS),
      code: codeOf(city.code),
      domain: `${letters}${chance(0.3) ? "" : pick(["tech", "soft", "auto", "iot", "data", digits(2)])}${pick([".com", ".cn", ".com.cn"])}`,
      phone: chance(0.5) ? `1${pick(["3", "5", "8"])}${digits(9)}` : `0${digits(3)}-${digits(8)}`,
      address: addressIn(city.zh),
      branch: "",
    };
  }

  function addressIn(city: string): string {
    return `${city}${pick(ROADS)}${pick(["路", "大道", "街"])}${1 + Math.floor(random() * 400)}号${chance(0.5) ? `${1 + Math.floor(random() * 30)}层` : ""}`;
  }

  function codeOf(region: string): string {
    const organisation = digits(8);
    const first =
      `9144${region.slice(2)}`.slice(0, 2) +
      region +
      organisation +
      organisationCheckDigit(organisation);
    return first + usccCheckDigit(first);
  }

  function subsidiaryOf(parent: Company): Company {
    const own = newCompany();
    return {
      ...own,
      brand: parent.brand,
      trade: chance(0.3) ? parent.trade : own.trade,
      domain: chance(0.5) ? parent.domain : own.domain,
      ...(chance(0.5) && {
        city: parent.city,
        place: parent.place,
        trade: own.trade === parent.trade ? `${own.trade}服务` : own.trade,
      }),
    };
  }

  function branchOf(parent: Company): Company {
    const own = newCompany();
    return {
      ...parent,
      key: own.key,
      code: own.code,
      city: own.city,
      phone: own.phone,
      address: own.address,
      branch: `${own.city.replace(/市$/, "")}分公司`,
    };
  }

  function* listed(company: Company): Generator<ListedProvider> {
    const count = chance(0.5) ? 1 : chance(0.6) ? 2 : 3;
    for (let i = 0; i < count; i++) {
      const id = `center-${i}/${records}`;
      const values = i === 0 ? registered(company) : typed(company);
      yield {
        company: company.key,
        record: { id, source: `center-${i}`, since: records++, values },
      };
    }
  }

  function registered(company: Company): Record<string, string> {
    const { code, domain, city, address, phone } = company;
    return {
      name: fullName(company),
      uscc: code,
      website: `https://www.${domain}/`,
      city,
      address,
      phone,
    };
  }

  function fullName({ place, brand, trade, form, branch }: Company): string {
    return place + brand + trade + form + branch;
  }

  function typed(company: Company): Record<string, string> {
    const isOtherSite = chance(0.15);
    const city = isOtherSite ? pick(cities).zh : company.city;
    return {
      name: typedName(company),
      uscc: chance(0.45) ? "" : chance(0.1) ? slip(company.code) : company.code,
      website: chance(0.35)
        ? ""
        : chance(0.06)
          ? "https://www.1688.com/"
          : `http://${company.domain}`,
      city: chance(0.2) ? "" : city.replace(chance(0.5) ? /市$/ : /$/, ""),
      address: chance(0.4)
        ? ""
        : isOtherSite || chance(0.3)
          ? addressIn(city)
          : company.address.replace(/\d+层$/, ""),
      phone: chance(0.4)
        ? ""
        : isOtherSite || chance(0.3)
          ? `1${digits(10)}`
          : company.phone.replace("-", ""),
    };
  }

  function slip(code: string): string {
    const at = Math.floor(random() * code.length);
    return (
      code.slice(0, at) +
      String((Number.parseInt(code[at] as string, 36) + 1) % 10) +
      code.slice(at + 1)
    );
  }

  /** The name as someone types it: parts left out, moved, misheard, in traditional characters, in English. */
  function typedName(company: Company): string {
    const { place, branch } = company;
    if (branch === "" && chance(0.08)) return englishName(company);
    const brand = chance(0.12) ? withHomophone(company.brand) : company.brand;
    const form = chance(0.35) ? pick(["", "", "", "有限责任公司", "公司"]) : company.form;
    const trade = form === "" && chance(0.4) ? company.trade.slice(0, 2) : company.trade;
    const short = place.replace(/市$/, "");
    if (form === "" && branch === "") {
      if (brand.length >= 3 && chance(0.15)) return brand;
      if (chance(0.1)) return `${brand}${pick(["股份", "集团"])}`;
      if (chance(0.1)) return `${brand[0]}${brand.at(-1)}${trade[0]}`;
    }
    const plain =
      chance(0.15) && place !== ""
        ? `${brand}${trade}（${short}）${form}${branch}`
        : `${chance(0.35) ? "" : chance(0.3) ? short : place}${brand}${trade}${form}${branch}`;
    const written = chance(0.08) ? plain.split("").join(chance(0.5) ? " " : "") : plain;
    return chance(0.12) ? toTraditional(written) : written;
  }

  function withHomophone(brand: string): string {
    const at = Math.floor(random() * brand.length);
    const alike = homophones.get(pinyin(brand[at] as string, { toneType: "none" })) ?? [];
    return brand.slice(0, at) + pick(alike) + brand.slice(at + 1);
  }

  function englishName({ place, brand, trade }: Company): string {
    const latin = (text: string) => {
      const letters = pinyin(text, { toneType: "none", type: "array" }).join("");
      return letters.slice(0, 1).toUpperCase() + letters.slice(1);
    };
    const words = [
      latin(place.replace(/市$/, "")),
      latin(brand),
      ENGLISH[trade[0] as string] ?? "Technology",
    ];
    return `${words.join(" ").trim()} Co., Ltd.`;
  }
}

const toTraditional = Converter({ from: "cn", to: "t" });
