/**
 * The access service: API keys, as an operator makes and ends them.
 *
 * @module
 */

import type { ApiKeyRequest, ApiKeyView, IssuedApiKey } from "@tributary/proto";
import type { ApiKeys } from "../members/api-keys.ts";

export function createAccessApi(keys: ApiKeys) {
  return {
    createApiKey: (request: ApiKeyRequest): Promise<IssuedApiKey> => keys.create(request),

    async listApiKeys(_request: object): Promise<{ readonly keys: readonly ApiKeyView[] }> {
      return { keys: keys.list() };
    },

    async revokeApiKey({ id }: { readonly id: string }): Promise<object> {
      await keys.revoke(id);
      return {};
    },
  };
}
