/**
 * A real hub that serves the built page, with the records of three centers in it.
 *
 * @module
 */

import { createClient } from "@tributary/sdk";
import { encodeRecordsOf } from "../../../sdk/test/double/federation.ts";
import { CENTERS, RECORD_COUNT } from "../../../sdk/test/double/samples.ts";
import { buildConsole } from "../../console/build.ts";
import { HubProcess, runHubCommand } from "../support/hub-process.ts";
import { TestAgent } from "../support/test-agent.ts";

/** @param folder Must not exist. @returns The hub, when all records can be found. */
export async function startHubWithPage(folder: string): Promise<HubProcess> {
  await buildConsole();
  await command(folder, "init", "--origin", "hub.example/page");
  const hub = await HubProcess.start(folder);
  for (const center of CENTERS) {
    const invited = ["invite", "--center", center.id, "--name", center.name];
    const { code } = await command(folder, ...invited);
    const agent = await TestAgent.join(String(code));
    await command(folder, "members", "approve", center.id);
    await using publisher = await agent.publisher(hub.up.grpc);
    await publisher.credit;
    const { frame } = await agent.batch(encodeRecordsOf(center), "end");
    const answer = await publisher.send(frame, agent.feedId, 0n);
    if (answer.type !== "receipt") throw new Error(`${center.id}: ${JSON.stringify(answer)}`);
  }
  using client = createClient({ url: hub.up.web });
  for await (const event of client.watch()) if (event.type === "caught_up") break;
  while ((await client.search("")).total < RECORD_COUNT) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return hub;
}

async function command(folder: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = await runHubCommand([...args, "--data", folder, "--json"]);
  if (status !== 0) throw new Error(`${args.join(" ")}: ${status}\n${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}
