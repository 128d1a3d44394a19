/**
 * A real hub that serves the built page, with the records of some centers in it.
 *
 * @module
 */

import { AdminService } from "@tributary/proto/wire";
import { type Client, createClient } from "@tributary/sdk";
import { encodeRecordsOf } from "../../../sdk/test/double/federation.ts";
import { CENTERS } from "../../../sdk/test/double/samples.ts";
import { buildConsole } from "../../console/build.ts";
import { openDataFolder } from "../../src/adapters/data-folder.ts";
import type { HubClient } from "../../src/adapters/grpc-hub-client.ts";
import { operatorOf } from "../support/drill.ts";
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
  const { status, stderr } = await runHubCommand([
    ...["init", "--origin", "hub.example/page"],
    ...["--data", folder],
  ]);
  if (status !== 0) throw new Error(`init: ${status}\n${stderr}`);
  const hub = await HubProcess.start(folder);
  using operator = await adminOf(folder, hub);
  for (const center of centers) await joinCenter(operator, hub, center);
  using client = createClient({ url: hub.up.web });
  for await (const event of client.watch()) if (event.type === "caught_up") break;
  await untilFound(client, centers);
  return hub;
}

/** Waits until all records of these centers can be found; there are no others. */
export async function untilFound(
  client: Pick<Client, "search">,
  centers: readonly CenterRecords[],
): Promise<void> {
  const sent = centers.reduce((sum, { records }) => sum + records.length, 0);
  while ((await client.search("")).total < sent) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A center that is approved and has sent its records; the hub may not show them yet. */
export async function joinCenter(
  operator: HubClient,
  hub: HubProcess,
  { id, name, records }: CenterRecords,
): Promise<TestAgent> {
  const agent = await TestAgent.join(await invite(operator, id, name));
  const approval = { centerId: id, state: "approved", reason: "" };
  await operator.call(AdminService.method.setMemberState, approval);
  await using publisher = await agent.publisher(hub.up.grpc);
  await publisher.credit;
  const { frame } = await agent.batch(records, "end");
  const answer = await publisher.send(frame, agent.feedId, 0n);
  if (answer.type !== "receipt") throw new Error(`${id}: ${JSON.stringify(answer)}`);
  return agent;
}

/** A client that holds the administrator's token of the hub. */
export async function adminOf(folder: string, hub: HubProcess): Promise<HubClient> {
  return operatorOf(hub, (await openDataFolder(folder)).adminToken);
}

/** The join code of a center. */
export async function invite(operator: HubClient, id: string, name: string): Promise<string> {
  const request = { centerId: id, centerName: name, validForSeconds: 0, preapproved: false };
  const { createInvitation } = AdminService.method;
  return (await operator.call<{ readonly code: string }>(createInvitation, request)).code;
}
