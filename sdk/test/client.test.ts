import { createClient } from "@tributary/sdk";
import { createClient as createBrowserClient } from "../src/browser.ts";
import { describeClient } from "./client.contract.ts";
import { TestHub } from "./double/test-hub.ts";

describeClient("a client over Connect", async (federation) => {
  const hub = new TestHub(federation);
  const { fetch } = hub;
  return {
    hub,
    client: (options) => createClient({ url: "http://hub.example/base", fetch, ...options }),
    [Symbol.dispose]: () => {},
  };
});

describeClient("a browser's client", async (federation) => {
  const hub = new TestHub(federation);
  const { fetch } = hub;
  return {
    hub,
    client: (options) => createBrowserClient({ url: "http://hub.example/", fetch, ...options }),
    [Symbol.dispose]: () => {},
  };
});

describeClient("a client over gRPC", async (federation) => {
  const hub = new TestHub(federation);
  const listener = await hub.listen();
  const clients: Disposable[] = [];
  return {
    hub,
    client: (options) => {
      const client = createClient({ url: listener.url, ...options });
      clients.push(client);
      return client;
    },
    [Symbol.dispose]: () => {
      for (const client of clients) client[Symbol.dispose]();
      listener[Symbol.dispose]();
    },
  };
});
