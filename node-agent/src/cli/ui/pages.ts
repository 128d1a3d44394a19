/**
 * Which page answers a request, in which language; and what is told where one cannot.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { errorStatus } from "@tributary/proto";
import type { LocalReply, LocalRequest } from "../../adapters/local-page.ts";
import { failurePage, THEMES, type Theme, type View } from "../../ui/page.ts";
import type { CommandContext } from "../context.ts";
import { asTributaryError } from "../failure.ts";
import type { Language } from "../io.ts";
import { errors } from "./errors.ts";
import { leaves } from "./leaves.ts";
import { mapping, newMapping } from "./mapping.ts";
import { overview } from "./overview.ts";
import { preview } from "./preview.ts";
import { texts } from "./texts.ts";
import { type Chapter, goTo, htmlReply, noSuchPage, visitOf } from "./workspace.ts";

/** Beside `src` and `dist` alike. */
const ASSETS = fileURLToPath(new URL("../../../ui/", import.meta.url));

const ASSET_TYPES: Readonly<Record<string, string>> = {
  "page.css": "text/css; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

const CHAPTERS: Readonly<Record<string, Chapter>> = {
  "": overview,
  map: mapping,
  new: newMapping,
  preview,
  errors,
  leaves,
  texts,
};

/** A path below the root, which a form may come back to. */
const OWN_PATH = /^[\w./%?=&+*-]*$/;

/** Answers the requests of one run; remembers language and theme as long as it goes on. */
export class Pages {
  readonly #context: CommandContext;
  #language: Language;
  #theme: Theme = "auto";

  constructor(context: CommandContext) {
    this.#context = context;
    this.#language = context.options.language;
  }

  /** Never throws but for defects of this program. */
  async answer(request: LocalRequest, root: string): Promise<LocalReply> {
    const { path } = request;
    const type = Object.hasOwn(ASSET_TYPES, path) ? ASSET_TYPES[path] : undefined;
    if (type !== undefined) {
      const body = await readFile(ASSETS + path);
      return { status: 200, body, headers: { "content-type": type } };
    }
    if (path === "preferences" && request.method === "POST") return this.#prefer(request, root);
    const view: View = {
      language: this.#language,
      theme: this.#theme,
      root,
      here: path,
      back: path + queryOf(request),
    };
    try {
      const [chapter = "", name, ...rest] = path.split("/");
      if (!Object.hasOwn(CHAPTERS, chapter) || rest.length > 0) noSuchPage();
      const visit = visitOf(this.#context, request, view);
      return await (CHAPTERS[chapter] as Chapter)(visit, name || undefined);
    } catch (error) {
      const failure = asTributaryError(error);
      if (failure.code === "ERR_INTERNAL") throw error;
      return htmlReply(failurePage(view, failure), errorStatus(failure.code).http);
    }
  }

  #prefer({ form }: LocalRequest, root: string): LocalReply {
    const language = form.get("language");
    if (language === "zh" || language === "en") this.#language = language;
    const theme = THEMES.find((one) => one === form.get("theme"));
    if (theme !== undefined) this.#theme = theme;
    const back = form.get("back") ?? "";
    return goTo(root + (OWN_PATH.test(back) ? back : ""));
  }
}

/** The parameters that name what a page is about. */
function queryOf({ method, query, form }: LocalRequest): string {
  const given = [...(method === "GET" ? query : form)];
  const names = new URLSearchParams(given.filter(([name]) => name === "path" || name === "name"));
  return names.size === 0 ? "" : `?${names}`;
}
