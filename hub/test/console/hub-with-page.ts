/**
 * A real hub that serves the built page, with the records of some centers in it.
 *
 * @module
 */

import { createClient } from "@tributary/sdk";
import { encodeRecordsOf } from "../../../sdk/test/double/federation.ts";
import { CENTERS } from "../../../sdk/test/double/samples.ts";
import { buildConsole } from "../../console/build.ts";
import { HubProcess, runHubCommand } from "../support/hub-process.ts";
import { TestAgent } from "../support/test-agent.ts";

/** What a center sends. */
export interface CenterRecords {
  readonly id: string;
  readonly name: string;
  readonly records: readonly Uint8Array[];
}

/** The centers of the samples. */
const SAMPLES: readonly CenterRecords[] = CENTERS.map((center) => ({
  id: center.id,
  name: center.name,
  records: encodeRecordsOf(center),
}));

/** @param folder Must not exist. @returns The hub, when all records can be found. */
export async function startHubWithPage(
  folder: string,
  centers: readonly CenterRecords[] = SAMPLES,
): Promise<HubProcess> {
  await buildConsole();
  await command(folder, "init", "--origin", "hub.example/page");
  const hub = await HubProcess.start(folder);
  for (const { id, name, records } of centers) {
    const { code } = await command(folder, "invite", "--center", id, "--name", name);
    const agent = await TestAgent.join(String(code));
    await command(folder, "members", "approve", id);
    await using publisher = await agent.publisher(hub.up.grpc);
    await publisher.credit;
    const { frame } = await agent.batch(records, "end");
    const answer = await publisher.send(frame, agent.feedId, 0n);
    if (answer.type !== "receipt") throw new Error(`${id}: ${JSON.stringify(answer)}`);
  }
  using client = createClient({ url: hub.up.web });
  for await (const event of client.watch()) if (event.type === "caught_up") break;
  const sent = centers.reduce((sum, { records }) => sum + records.length, 0);
  while ((await client.search("")).total < sent) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return hub;
}

async function command(folder: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = await runHubCommand([...args, "--data", folder, "--json"]);
  if (status !== 0) throw new Error(`${args.join(" ")}: ${status}\n${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}
