/**
 * Centers of a hub in the way that they should be run: agents that joined it, with the certificates that it issued, and some
 * of them as witnesses of its log. They run in this process; the hub does not.
 *
 * @module
 */

import { join } from "node:path";
import { type ChannelCredentials, credentials } from "@grpc/grpc-js";
import { systemClock } from "@tributary/proto";
import {
  hubCommand,
  joinedAgent,
  joinWitnesses,
} from "../../../examples/test/support/witnesses.ts";
import { agentFolder, readHubFile } from "../../../node-agent/src/adapters/agent-folder.ts";
import { readKeyFile } from "../../../node-agent/src/adapters/file-keys.ts";
import { readCertifiedKey } from "../../../node-agent/src/adapters/tls-file.ts";
import { openAgent } from "../../../node-agent/src/start.ts";
import { TestAgent } from "../../test/support/test-agent.ts";

/** Between two looks at who cosigned; ms. */
const LOOK_MS = 200;

/** A center that joined a hub with TLS, and a connection that shows its certificate. */
export async function certifiedCenter(
  folder: string,
  hubFolder: string,
  center: string,
): Promise<{ readonly agent: TestAgent; readonly channel: ChannelCredentials }> {
  const files = agentFolder(await joinedAgent(folder, hubFolder, center));
  const hub = await readHubFile(files);
  const own = readCertifiedKey(files.tlsFile);
  if (hub?.ca === undefined || own === undefined) throw new TypeError("the hub issued none");
  const [ca, key, certificate] = [hub.ca, own.key, own.certificate].map((pem) => Buffer.from(pem));
  return {
    agent: new TestAgent(center, hub.origin, await readKeyFile(files.agentKeyFile)),
    channel: credentials.createSsl(ca, key, certificate),
  };
}

/** Witnesses at work. */
export interface Witnesses extends AsyncDisposable {
  /** Resolves when each has cosigned so many entries. */
  cosigned(size: number): Promise<void>;
}

/** Has centers join a hub, name themselves witnesses of it, and cosign until they are disposed. */
export async function openWitnesses(
  folder: string,
  hubFolder: string,
  count: number,
): Promise<Witnesses> {
  await using opened = new AsyncDisposableStack();
  const centers = Array.from({ length: count }, (_, i) => `witness-${i}`);
  await joinWitnesses(folder, hubFolder, centers);
  const stop = new AbortController();
  const running: Promise<unknown>[] = [];
  for (const center of centers) {
    const agent = opened.use(await openAgent(join(folder, center), { killAt: undefined }));
    running.push(agent.runWitness(stop.signal));
  }
  opened.defer(async () => {
    stop.abort();
    await Promise.allSettled(running);
  });
  const ended = Promise.race(running);
  const cosigned = async (size: number) => {
    for (;;) {
      const { witnesses } = JSON.parse(
        await hubCommand("witness", "list", "--json", "--data", hubFolder),
      ) as { witnesses: { size: number }[] };
      if (witnesses.every((witness) => witness.size >= size)) return;
      await Promise.race([systemClock.sleep(LOOK_MS), ended]);
    }
  };
  await cosigned(1);
  const closes = opened.move();
  return { cosigned, [Symbol.asyncDispose]: () => closes.disposeAsync() };
}
