/**
 * Composition of who may call: accounts of people, their organisation, keys of programs, and tokens of centers.
 *
 * @module
 */

import { type Clock, randomBytes, sha256Text } from "@tributary/proto";
import type { DataFolder } from "./adapters/data-folder.ts";
import { FileAccountStore } from "./adapters/file-account-store.ts";
import { FileApiKeyStore } from "./adapters/file-api-key-store.ts";
import { CALLBACK } from "./adapters/http-organisation.ts";
import type { HubMetrics } from "./adapters/hub-metrics.ts";
import { openJwksAccessTokens } from "./adapters/jwks-access-tokens.ts";
import { openOpenidProvider } from "./adapters/openid-provider.ts";
import { ScryptPasswords } from "./adapters/scrypt-passwords.ts";
import { type Authenticator, createAuthenticator } from "./api/principal.ts";
import type { HubConfig } from "./config.ts";
import { Accounts } from "./members/accounts.ts";
import { ApiKeys } from "./members/api-keys.ts";
import { OrganisationSignIn } from "./members/organisation-sign-in.ts";
import type { MemberRegistry } from "./members/registry.ts";

type Provider = Awaited<ReturnType<typeof openOpenidProvider>>;

/** The provider with which people of an organisation sign in; undefined where the settings name none. */
export async function openProvider(
  { organisation }: HubConfig,
  { metrics, clock }: { readonly metrics: HubMetrics; readonly clock: Clock },
): Promise<Provider | undefined> {
  return (
    organisation &&
    (await openOpenidProvider({
      ...organisation,
      redirectUri: organisation.hubUrl + CALLBACK,
      clock,
      onFailed: (reason) => metrics.signInFailed(reason),
    }))
  );
}

export interface SignInOptions {
  readonly folder: DataFolder;
  readonly config: HubConfig;
  readonly provider: Provider | undefined;
  readonly registry: MemberRegistry;
  readonly clock: Clock;
}

export interface SignIn {
  readonly apiKeys: ApiKeys;
  readonly accounts: Accounts;
  /** Undefined where the settings name no provider. */
  readonly organisation: OrganisationSignIn | undefined;
  readonly authenticator: Authenticator;
}

export async function loadSignIn(options: SignInOptions): Promise<SignIn> {
  const { folder, config, provider, registry, clock } = options;
  const { accessTokens, organisation } = config;
  const apiKeys = await ApiKeys.load({
    store: new FileApiKeyStore(folder.apiKeyFile),
    clock,
    random: randomBytes,
  });
  const accounts = await Accounts.load({
    store: new FileAccountStore(folder.accountFile),
    passwords: new ScryptPasswords(),
    clock,
    random: randomBytes,
  });
  return {
    apiKeys,
    accounts,
    organisation:
      organisation &&
      provider &&
      new OrganisationSignIn({
        provider,
        rules: organisation,
        sessions: accounts.sessions,
        clock,
        random: randomBytes,
      }),
    authenticator: createAuthenticator({
      hubOrigin: folder.origin,
      registry,
      apiKeys,
      sessions: accounts.sessions,
      accessTokens: accessTokens && (await openJwksAccessTokens({ ...accessTokens, clock })),
      clock,
      adminTokenHash: sha256Text(folder.adminToken),
    }),
  };
}
