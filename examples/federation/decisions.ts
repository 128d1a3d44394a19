/**
 * What an operator of the demo decided and a center does not agree with, each by the command that a person would type.
 *
 * @module
 */

import { join } from "node:path";
import { urnOf } from "@tributary/sdk";
import { runCommand } from "./processes.ts";

const CENTER = "jiangnan";
/** Still said to be in force by its center, although the revision of 2026 has taken its place. */
const SUBJECT = urnOf({
  centerId: CENTER,
  kind: "policy",
  key: "赣鄱区域制造业“先诊后改”入企诊断实施细则(示例)/赣鄱数促〔2025〕1号",
});
const REASON = "2026年修订版已施行，本文件仍标“现行有效”，企业照此申报会误期";
const OBJECTION =
  "2025年签约的诊断项目仍按本细则验收，企业还要查；有效性一栏我们改为“已有新版”，请恢复展示";

/** @param options Folders of the demo and of its hub, which runs and can find the record. */
export async function contestDecision(options: {
  readonly folder: string;
  readonly hubFolder: string;
}): Promise<void> {
  const { folder, hubFolder } = options;
  const hide = ["curation", "hide", SUBJECT, "--reason", REASON, "--json", "--data", hubFolder];
  const { position } = JSON.parse(await runCommand("hub", hide, { folder }));
  const agentFolder = join(folder, "centers", CENTER);
  const object = ["object", String(position), "--reason", OBJECTION, "--folder", agentFolder];
  await runCommand("agent", object, { folder });
}
