/** Writes the database of the small firms' center: SQLite in write-ahead mode, partly in English. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { contentOf, type KpiContent, type ProviderContent, VOCABULARY } from "./content/index.ts";
import { engagementsOf } from "./engagements.ts";
import { factsOf, writtenCode } from "./facts.ts";
import {
  between,
  chance,
  contact,
  messyAmount,
  messyDate,
  messyJoin,
  messyRegion,
  pick,
  regionNames,
  scenarioNames,
} from "./mess.ts";
import { has } from "./oddities.ts";

export const SMES_FILE = "eastsea.db";

const EARLIEST = Date.UTC(2025, 0, 6);
const LATEST = Date.UTC(2026, 10, 18);

const SCHEMA = `
CREATE TABLE center_info (
  id TEXT PRIMARY KEY, name_zh TEXT NOT NULL, name_en TEXT, short_name TEXT, center_type TEXT,
  operating_model TEXT, tier TEXT, authority TEXT, operator TEXT, region TEXT, sectors TEXT,
  services TEXT, founded_on TEXT, staff INTEGER, website TEXT, office TEXT, doc_no TEXT, about TEXT
);
CREATE TABLE suppliers (
  supplier_id INTEGER PRIMARY KEY, name TEXT NOT NULL, credit_code TEXT, city TEXT, founded TEXT,
  capital TEXT, staff TEXT, kind TEXT, sectors TEXT, scenarios TEXT, systems TEXT, products TEXT,
  price TEXT, certificates TEXT, about TEXT, clients_served INTEGER, local_team TEXT,
  contact_id INTEGER, lang TEXT, updated_at TEXT NOT NULL
);
CREATE TABLE projects (
  project_id INTEGER PRIMARY KEY, title TEXT NOT NULL, client_alias TEXT, industry TEXT,
  client_city TEXT, client_size TEXT, scenarios TEXT, supplier_ids TEXT, pain TEXT, solution TEXT,
  result_text TEXT, investment_10k TEXT, started TEXT, finished TEXT, stage TEXT, evidence TEXT,
  maturity TEXT, contact_id INTEGER, lang TEXT, updated_at TEXT NOT NULL
);
CREATE TABLE project_results (
  result_id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL REFERENCES projects (project_id),
  indicator TEXT NOT NULL, before_value REAL, after_value REAL, change_value REAL, unit TEXT,
  measured_by TEXT
);
CREATE TABLE policies (
  policy_id INTEGER PRIMARY KEY, title TEXT NOT NULL, doc_no TEXT, issuer TEXT, level TEXT,
  region TEXT, issued_on TEXT, status TEXT, support TEXT, amount_max_yuan TEXT, apply_until TEXT,
  note TEXT, updated_at TEXT NOT NULL
);
CREATE TABLE courses (
  course_id INTEGER PRIMARY KEY, title TEXT NOT NULL, audience TEXT, scenarios TEXT, mode TEXT,
  hours REAL, seats INTEGER, enrolled INTEGER, completed INTEGER, starts_on TEXT, ends_on TEXT,
  organiser TEXT, fee_yuan REAL, satisfaction REAL, updated_at TEXT NOT NULL
);
CREATE TABLE events (
  event_id INTEGER PRIMARY KEY, title TEXT NOT NULL, event_type TEXT, held_on TEXT, mode TEXT,
  city TEXT, orgs INTEGER, persons INTEGER, leads INTEGER, follow_ups INTEGER, contracts INTEGER,
  summary TEXT, updated_at TEXT NOT NULL
);
CREATE TABLE contacts (
  contact_id INTEGER PRIMARY KEY, full_name TEXT, phone TEXT, wechat TEXT, note TEXT
);
CREATE TABLE users (
  user_id INTEGER PRIMARY KEY, login TEXT UNIQUE, full_name TEXT, phone TEXT, email TEXT,
  password_hash TEXT, role TEXT, last_login TEXT
);
CREATE TABLE app_state (key TEXT PRIMARY KEY, value TEXT);
`;

const KINDS: Readonly<Record<string, string>> = {
  INT: "integrator",
  LP: "light_product",
  PLT: "platform",
  CON: "consulting",
  OPS: "operation",
  EQ: "equipment",
  SEC: "security",
  AI: "data_ai",
  TRN: "training",
  FIN: "finance",
  TST: "testing",
  CL: "chain_leader",
};

const CITIES: Readonly<Record<string, string>> = {
  "3101": "Shanghai",
  "3204": "Changzhou",
  "3205": "Suzhou",
  "3301": "Hangzhou",
  "3302": "Ningbo",
  "3304": "Jiaxing",
  "3306": "Shaoxing",
  "3307": "Jinhua",
  "4401": "Guangzhou",
  "4403": "Shenzhen",
  "4406": "Foshan",
  "4419": "Dongguan",
};

const CERTIFICATES: Readonly<Record<string, string>> = {
  高新技术企业: "National high-tech enterprise",
  专精特新中小企业: "Specialised SME",
  创新型中小企业: "Innovative SME",
  软件企业评估: "Software enterprise assessment",
  注册咨询师6名: "6 certified consultants",
  两化融合管理体系咨询备案: "Registered integration-management consultant",
  环境服务认证: "Environmental service certificate",
  "承装（修、试）四级": "Power installation grade 4",
  发明专利7件: "7 invention patents",
  发明专利12件: "12 invention patents",
  算法备案: "Algorithm filing",
  数据安全评估报告: "Data security assessment",
  职业技能等级认定机构: "Vocational skills assessor",
  公共实训基地: "Public training base",
};

type Fields = Readonly<Record<string, SQLInputValue>>;

function insert(database: DatabaseSync, table: string, fields: Fields): void {
  const names = Object.keys(fields);
  const marks = names.map(() => "?").join(", ");
  database
    .prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${marks})`)
    .run(...Object.values(fields));
}

function isEnglish(text: string): boolean {
  return !/\p{Script=Han}/u.test(text);
}

function city(region: string, english: boolean, salt: string): string {
  const name = CITIES[region.slice(0, 4)];
  if (english && name !== undefined) return pick([name, `${name}, China`, name], salt);
  return messyRegion(region, salt);
}

/** A fixed moment: some weeks after this date, but not after 18 November 2026. */
function updatedAt(salt: string, after: string): string {
  const [year = "2025", month = "1", day = "28"] = after.split("-");
  const start = Math.max(Date.UTC(Number(year), Number(month) - 1, Number(day)), EARLIEST);
  const days = between(3, 75, `days ${salt}`);
  const date = new Date(Math.min(start + days * 86_400_000, LATEST)).toISOString().slice(0, 10);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date} ${two(between(8, 18, `hour ${salt}`))}:${two(between(0, 59, `minute ${salt}`))}:00`;
}

function scenarios(codes: readonly string[], english: boolean, salt: string): string {
  return english ? codes.join(", ") : messyJoin(scenarioNames(codes, salt), salt);
}

function addContact(database: DatabaseSync, id: number, salt: string): void {
  const person = contact(`smes ${salt}`);
  insert(database, "contacts", {
    contact_id: id,
    full_name: person.name,
    phone: person.phone,
    wechat: `demo_${id}`,
    note: pick(["白天打", "call after 5 pm", "", "只接微信"], `note ${salt}`),
  });
}

function addSupplier(database: DatabaseSync, id: number, provider: ProviderContent): void {
  const { key, about } = provider;
  const english = isEnglish(about);
  const facts = factsOf(provider);
  const capital = english
    ? pick(
        [`CNY ${facts.capital * 10_000}`, `${facts.capital / 100} million CNY`],
        `smes capital ${key}`,
      )
    : pick(
        [`${facts.capital}万`, `${facts.capital}(万元人民币)`, `${facts.capital}()`],
        `smes capital ${key}`,
      );
  addContact(database, id, key);
  insert(database, "suppliers", {
    supplier_id: id,
    name: provider.name,
    credit_code: writtenCode("smes", provider) || null,
    city: city(provider.region, english, `smes ${key}`),
    founded: has("smes", "no-date", key)
      ? "see licence"
      : english
        ? facts.founded
        : messyDate(facts.founded, `smes founded ${key}`),
    capital,
    staff: english
      ? String(facts.staff)
      : pick([String(facts.staff), `${facts.staff}人`, ""], `smes staff ${key}`),
    kind: KINDS[provider.type] ?? provider.type,
    sectors: english
      ? provider.sectors.join(", ")
      : messyJoin(provider.sectors, `smes sectors ${key}`),
    scenarios: scenarios(provider.scenarios, english, `smes scenarios ${key}`),
    systems: provider.systems.join(english ? ", " : "、"),
    products: provider.products.join(english ? "; " : "；"),
    price: provider.price,
    certificates: facts.qualifications
      .map((name) => (english ? (CERTIFICATES[name] ?? name) : name))
      .join("; "),
    about,
    clients_served: facts.served,
    local_team: english
      ? facts.localTeam
        ? "Y"
        : "N"
      : pick(facts.localTeam ? ["是", "√", "Y"] : ["否", "N", ""], `smes local ${key}`),
    contact_id: id,
    lang: english ? "en" : "zh",
    updated_at: updatedAt(key, `202${between(5, 6, key)}-${between(1, 9, `added ${key}`)}-1`),
  });
}

function supplierIds(): ReadonlyMap<string, number> {
  return new Map(contentOf("smes").providers.map((provider, index) => [provider.key, index + 1]));
}

const SIZES: Readonly<Record<string, readonly [string, string]>> = {
  大: ["large", "大型"],
  中: ["medium", "中型"],
  小: ["small", "小型"],
  微: ["micro", "微型"],
};

function resultFields(kpi: KpiContent, english: boolean): Fields {
  const number = (text: string): number | null => (text === "" ? null : Number(text));
  const known = VOCABULARY.kpis[kpi.kpi];
  return {
    // English rows keep the code of the vocabulary; Chinese ones say it in words.
    indicator: known === undefined || english ? kpi.kpi : known,
    before_value: number(kpi.before),
    after_value: kpi.before === "" ? null : number(kpi.after),
    change_value: kpi.before === "" ? number(kpi.after) : null,
    unit: kpi.unit,
  };
}

function addProjects(database: DatabaseSync): void {
  const ids = supplierIds();
  let result = 0;
  contentOf("smes").cases.forEach((entry, index) => {
    const { title } = entry;
    const english = isEnglish(title);
    const id = index + 1;
    const size = SIZES[entry.size];
    const suppliers = entry.providers.map((key) => {
      const supplier = ids.get(key);
      if (supplier === undefined) throw new Error(`${title}: no supplier ${key}`);
      return supplier;
    });
    const person = contact(`smes ${title}`);
    addContact(database, 1000 + id, title);
    const call = has("smes", "phone-in-text", title) ? ` Call the owner on ${person.phone}.` : "";
    const evidence = entry.outcome.includes("企业自报")
      ? "client_reported"
      : pick(["center_verified", "center_verified", "client_reported", "system"], title);
    insert(database, "projects", {
      project_id: id,
      title,
      client_alias: entry.client,
      industry: entry.industry,
      client_city: city(entry.region, english, `smes ${title}`),
      client_size: size?.[english ? 0 : 1] ?? entry.size,
      scenarios: scenarios(entry.scenarios, english, `smes scenarios ${title}`),
      supplier_ids: suppliers.join(","),
      pain: entry.pain,
      solution: entry.solution + call,
      result_text: entry.outcome,
      investment_10k: chance(0.25, `smes money ${title}`)
        ? messyAmount(entry.investment, `smes amount ${title}`)
        : entry.investment,
      started: entry.start,
      finished: chance(0.3, `smes end ${title}`)
        ? messyDate(entry.end, `smes end ${title}`)
        : entry.end,
      stage: entry.stage,
      evidence,
      maturity: pick(["", "", english ? "level 2" : "二级", ""], `smes maturity ${title}`),
      contact_id: 1000 + id,
      lang: english ? "en" : "zh",
      updated_at: updatedAt(title, entry.end),
    });
    for (const kpi of entry.kpis ?? []) {
      insert(database, "project_results", {
        result_id: ++result,
        project_id: id,
        ...resultFields(kpi, english),
        measured_by: evidence === "system" ? "system" : "center",
      });
    }
  });
}

function addCenter(database: DatabaseSync): void {
  const { center: own } = contentOf("smes");
  insert(database, "center_info", {
    id: own.id,
    name_zh: own.name,
    name_en: own.nameEn,
    short_name: own.shortName,
    center_type: own.type,
    operating_model: own.operatingModel,
    tier: own.tier,
    authority: own.authority,
    operator: own.operator,
    region: regionNames(own.region).join(""),
    sectors: own.sectors.join("、"),
    services: own.services.join(", "),
    founded_on: own.foundedOn,
    staff: Number(own.staff),
    website: own.website,
    office: own.office,
    doc_no: own.docNo,
    about: own.about,
  });
}

function addPoliciesAndCourses(database: DatabaseSync): void {
  const { policies, trainings } = contentOf("smes");
  policies.forEach((policy, index) => {
    insert(database, "policies", {
      policy_id: index + 1,
      title: policy.title,
      doc_no: policy.docNo || null,
      issuer: policy.issuer,
      level: policy.level,
      region: regionNames(policy.region).join(""),
      issued_on: policy.issuedOn,
      status: policy.status,
      support: policy.support,
      amount_max_yuan: policy.amountMax || null,
      apply_until: policy.applyUntil || null,
      note: policy.note,
      updated_at: updatedAt(policy.title, policy.issuedOn),
    });
  });
  trainings.forEach((training, index) => {
    const [first = "", last = first] = training.dates.split("/");
    insert(database, "courses", {
      course_id: index + 1,
      title: training.title,
      audience: training.audience,
      scenarios: scenarios(training.scenarios, isEnglish(training.title), training.title),
      mode: training.mode,
      hours: Number(training.hours),
      seats: Number(training.capacity),
      enrolled: Number(training.enrolled),
      completed: Number(training.completed),
      starts_on: first,
      ends_on: last,
      organiser: training.organiser,
      fee_yuan: Number(training.fee),
      satisfaction: Number(training.satisfaction),
      updated_at: updatedAt(training.title, last),
    });
  });
}

function addEvent(database: DatabaseSync, index: number): void {
  const event = contentOf("smes").events[index];
  if (event === undefined) return;
  insert(database, "events", {
    event_id: index + 1,
    title: event.title,
    event_type: event.eventType,
    held_on: event.heldOn,
    mode: event.mode,
    city: city(event.region, isEnglish(event.title), `smes ${event.title}`),
    orgs: Number(event.orgs),
    persons: Number(event.persons),
    leads: Number(event.leads),
    follow_ups: Number(event.followUps),
    contracts: Number(event.contracts),
    summary: event.summary,
    updated_at: updatedAt(event.title, event.heldOn),
  });
}

/** People of the center itself: a table that must never be published. */
function addUsers(database: DatabaseSync): void {
  const roles = ["admin", "clerk", "clerk", "advisor", "advisor", "advisor", "auditor", "guest"];
  roles.forEach((role, index) => {
    const person = contact(`user ${index}`);
    insert(database, "users", {
      user_id: index + 1,
      login: `${role}${index + 1}`,
      full_name: person.name,
      phone: person.phone,
      email: `${role}${index + 1}@eastsea.example`,
      password_hash: "$demo$not-a-real-hash",
      role,
      last_login: updatedAt(`login ${index}`, "2026-09-20"),
    });
  });
}

function create(database: DatabaseSync): void {
  const { providers, events } = contentOf("smes");
  database.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;");
  database.exec(SCHEMA);
  database.exec("BEGIN");
  addCenter(database);
  providers.forEach((provider, index) => {
    addSupplier(database, index + 1, provider);
  });
  const twice = providers.find((provider) => has("smes", "duplicate-row", provider.key));
  if (twice !== undefined) {
    addSupplier(database, providers.length + 1, twice);
    insert(database, "suppliers", {
      supplier_id: providers.length + 2,
      name: "",
      city: "宁波",
      lang: "zh",
      updated_at: "2026-03-02 09:00:00",
    });
  }
  addProjects(database);
  addPoliciesAndCourses(database);
  addUsers(database);
  for (let index = 0; index < events.length - 2; index++) addEvent(database, index);
  database.exec("COMMIT");
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  // The last two events stay in the write-ahead log as long as the handle is open.
  addEvent(database, events.length - 2);
  addEvent(database, events.length - 1);
}

/**
 * Opens the center's database, which it creates when missing, and leaves rows in the write-ahead
 * log: whoever reads the main file alone does not see them. The caller closes the handle.
 */
export function openSmesDatabase(folder: string): DatabaseSync {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, SMES_FILE));
  const tables = database
    .prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'suppliers'")
    .get();
  if (tables?.["n"] === 0) create(database);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;");
  database.exec(`
    INSERT INTO app_state (key, value) VALUES ('opened', '1')
    ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1
  `);
  return database;
}

/** Writes the database anew; afterwards it is closed and has no write-ahead log. */
export async function writeSmes(folder: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm"]) {
    rmSync(join(folder, SMES_FILE + suffix), { force: true });
  }
  openSmesDatabase(folder).close();
  writeFileSync(join(folder, "project_outcomes.csv"), outcomeSheet());
}

/** What projects achieved, as the center's project office exports it; it names clients and never leaves the center. */
function outcomeSheet(): string {
  const rows = engagementsOf("smes").map((row) => [
    ...[row.number, row.client, row.clientCode, row.group, row.sector, row.size, row.scenario],
    ...[row.provider, row.providerCode, row.accepted, row.months, row.cost, row.voucher],
    ...[row.satisfaction, row.indicator, row.before, row.after, row.unit, row.verified],
    row.phone,
  ]);
  const head =
    "project,client,client credit code,parent company,industry,size,scenario,provider,provider credit code,accepted on,months,cost (万元),voucher used,satisfaction,indicator,before,after,unit,measured by,client phone";
  const cell = (value: string) =>
    /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  const lines = rows.map((row) => row.map(cell).join(","));
  return `\ufeff${[head, ...lines].join("\n")}\n`;
}
