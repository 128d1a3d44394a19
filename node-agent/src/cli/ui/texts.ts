/** Texts about clients that wait or leave masked: the commands `privacy review`, `approve` and `reject`. @module */

import { userInfo } from "node:os";
import { TributaryError } from "@tributary/proto";
import { type Texts, textsPage } from "../../ui/texts-page.ts";
import { decideText, textsToReview, type WaitingText } from "../privacy.ts";
import { type Chapter, goTo, htmlReply, noSuchPage, type Visit } from "./workspace.ts";

/** More texts than a person reads at once; what is decided makes room. */
const MAX_SHOWN = 100;

export const texts: Chapter = async (visit, name) => {
  if (name !== undefined) noSuchPage();
  const { request, view, context } = visit;
  if (request.method === "POST") return await decided(visit);
  const shown: WaitingText[] = [];
  let open = 0;
  for await (const item of textsToReview(context)) {
    if (item.verdict !== undefined && !request.query.has("all")) continue;
    open += 1;
    if (shown.length < MAX_SHOWN) shown.push(item);
  }
  const page: Texts = {
    texts: shown,
    count: open,
    by: request.query.get("by") ?? userInfo().username,
  };
  return htmlReply(textsPage(view, page));
};

/**
 * Field `decision` is "approved ID" or "rejected ID", and `by` who decides. Without a decision, as when Enter is pressed in
 * the field of the name, the name is taken and nothing decided.
 */
async function decided({ request: { form }, context, view }: Visit) {
  const [verdict, id = ""] = (form.get("decision") ?? "").split(" ");
  const by = (form.get("by") ?? "").trim();
  if (by === "") {
    throw new TributaryError("ERR_ARGUMENT_INVALID", "say who decides", {
      messageZh: "请填写审批人",
    });
  }
  if (verdict === "approved" || verdict === "rejected") {
    await decideText(context, id, { verdict, by });
  }
  return goTo(`${view.root}texts?by=${encodeURIComponent(by)}`);
}
