/** The mapping editor: suggestions of the command `map`, chosen column by column, written into the mapping file. @module */

import { readdir } from "node:fs/promises";
import { isTributaryError } from "@tributary/proto";
import { readMappingFiles } from "../../adapters/agent-folder.ts";
import type { ColumnChoice, TableChoice } from "../../mapping/edit-mapping.ts";
import { fieldNamesOf } from "../../mapping/fields.ts";
import { MAPPABLE_KINDS } from "../../mapping/suggest/suggest.ts";
import type { MappableKind } from "../../mapping/suggest/suggestion.ts";
import { TRANSFORM_NAMES } from "../../mapping/transforms.ts";
import { type Html, html } from "../../ui/html.ts";
import { type Editor, MAX_COLUMNS, mappingPage, newMappingPage } from "../../ui/mapping-page.ts";
import { linkTo, notice, say } from "../../ui/page.ts";
import { sourceAt } from "../source-of-path.ts";
import {
  choicesOf,
  type Draft,
  draftOfFile,
  draftOfPath,
  save,
  suggestedChoice,
  suggestionFor,
  tried,
} from "./mapping-draft.ts";
import { type Chapter, goTo, htmlReply, type Visit } from "./workspace.ts";

/** `map`: asks for a file; `map/SOURCE`: its mapping file. */
export const mapping: Chapter = async (visit, name) => {
  const { folder, view, request } = visit;
  if (name === undefined) {
    const files = await readableFiles(folder.path);
    return htmlReply(newMappingPage(view, { sourceIds: await sourceIdsOf(visit), files }));
  }
  const draft = await draftOfFile(folder, name, request.signal);
  return await edited(visit, draft, { action: `map/${name}`, hidden: {} });
};

/** `new?path=FILE&name=SOURCE`: a file that has no mapping yet; nothing is written before it is saved. */
export const newMapping: Chapter = async (visit) => {
  const { folder, request } = visit;
  const given = request.method === "POST" ? request.form : request.query;
  const path = given.get("path") ?? "";
  const name = (given.get("name") ?? "").trim();
  const draft = await draftOfPath(folder, { path, name }, request.signal);
  return await edited(visit, draft, { action: "new", hidden: { path, name } });
};

async function edited(visit: Visit, draft: Draft, form: Pick<Editor, "action" | "hidden">) {
  const { view, folder, request } = visit;
  const isPosted = request.method === "POST";
  const asked = request.form.get("do");
  const before = choicesOf(draft);
  const choices = isPosted ? before.map((choice) => chosen(visit, draft, choice)) : before;
  const { text, troubles, found = [] } = await tried(draft, choices, folder, request.signal);
  const notices: Html[] = [];
  const t = (en: string, zh: string) => say(view, { en, zh });
  if (asked === "save" && text !== undefined) {
    try {
      const version = request.form.get("version") ?? "";
      const saved = await save(folder, { sourceId: draft.sourceId, version }, text);
      if (saved.type === "saved") {
        const kept = saved.kept === undefined ? "" : `?kept=${encodeURIComponent(saved.kept)}`;
        return goTo(`${linkTo(view, "map", draft.sourceId)}${kept || "?saved"}`);
      }
      notices.push(
        notice(
          "bad",
          t(
            "The mapping file was changed meanwhile, and nothing was saved. Your choices are shown below against the file as it is now: look at them, and save again.",
            "映射文件在此期间已被修改，未保存。下面是您的选择与当前文件对照的结果，请核对后再次保存。",
          ),
        ),
      );
    } catch (error) {
      if (!isTributaryError(error)) throw error;
      notices.push(notice("bad", t(error.message, error.messageZh)));
    }
  }
  const kept = request.query.get("kept");
  if (kept !== null || request.query.has("saved")) {
    notices.push(
      notice(
        "good",
        html`${t("Saved.", "已保存。")} ${kept !== null && t(`The file before is kept: ${kept}.`, `原文件保留为 ${kept}。`)} <a href="${linkTo(view, "preview", draft.sourceId)}">${t("Preview", "预览")}</a>`,
      ),
    );
  }
  const tables = choices.map((choice) => ({
    choice,
    columns: draft.tables.find(({ table }) => table === choice.table)?.columns ?? [],
    suggestion: choice.kind === "" ? undefined : suggestionFor(draft, choice.table, choice.kind),
  }));
  const page = mappingPage(view, {
    ...form,
    hidden: { ...form.hidden, version: draft.version },
    sourceId: draft.sourceId,
    sourceIds: await sourceIdsOf(visit),
    tables,
    troubles,
    found,
    notices,
    isUnsaved: isPosted || form.action === "new",
  });
  return htmlReply(page, asked === "save" ? 409 : 200);
}

/** What the form says of a table; what it does not say stays as it is in the file. */
function chosen({ request: { form } }: Visit, draft: Draft, choice: TableChoice): TableChoice {
  const at = [...form.keys()].find(
    (name) => /^t\d+$/.test(name) && form.get(name) === choice.table,
  );
  if (at === undefined) return choice;
  const kind = MAPPABLE_KINDS.find((one) => one === form.get(`${at}.kind`)) ?? "";
  if (kind === "") return { ...choice, kind };
  const suggestion = suggestionFor(draft, choice.table, kind);
  const wantsAll = form.get("do") === "suggest" || form.get(`${at}.was`) !== kind;
  if (wantsAll && suggestion !== undefined) {
    return suggestedChoice({ ...choice, kind }, suggestion);
  }
  const columns = new Map(choice.columns);
  for (let n = 0; n < MAX_COLUMNS && form.has(`${at}.${n}`); n += 1) {
    const title = form.get(`${at}.${n}`) ?? "";
    if (columns.has(title)) columns.set(title, columnChoice(form, `${at}.${n}`, kind));
  }
  return { ...choice, kind, columns };
}

function columnChoice(form: URLSearchParams, name: string, kind: MappableKind): ColumnChoice {
  const given = form.get(`${name}.to`) ?? "";
  const isField = fieldNamesOf(kind).includes(given);
  const target = isField || given.endsWith("!") ? given : "";
  return {
    target,
    isKey: form.has(`${name}.key`),
    ...(isField && {
      as: TRANSFORM_NAMES.find((one) => one === form.get(`${name}.as`)),
      unit: form.get(`${name}.unit`) || undefined,
    }),
  };
}

async function sourceIdsOf({ folder }: Visit): Promise<string[]> {
  return (await readMappingFiles(folder)).map(({ sourceId }) => sourceId);
}

/** Files in the agent's folder whose kind their name tells. */
async function readableFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("~$") && isReadable(entry.name))
    .map(({ name }) => name)
    .sort();
}

function isReadable(name: string): boolean {
  try {
    sourceAt(name);
    return true;
  } catch (error) {
    if (isTributaryError(error, "ERR_UNSUPPORTED")) return false;
    throw error;
  }
}
