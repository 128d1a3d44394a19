/**
 * The account service: people sign in, and their administrator invites and removes them.
 *
 * @module
 */

import { type AccountLink, type AccountView, type Session, TributaryError } from "@tributary/proto";
import type { Accounts } from "../members/accounts.ts";
import type { NewSession } from "../members/sessions.ts";
import type { CallContext, SessionCarrier } from "./rpc.ts";

interface Answer {
  readonly session: Session;
}

/** @param hasOrganisationSignIn Whether people also sign in at their organisation's provider. */
export function createAccountApi(accounts: Accounts, hasOrganisationSignIn: boolean) {
  /** The secret goes where no script can read it, and nowhere else. */
  const carry = (carrier: SessionCarrier, { session, secret }: NewSession): Answer => {
    carrier.set(secret, session.expiresAtMs);
    return { session };
  };
  return {
    async signIn(
      { name, password }: { readonly name: string; readonly password: string },
      { carrier }: CallContext,
    ): Promise<Answer> {
      return carry(required(carrier), await accounts.signIn(name, password));
    },

    async redeemLink(
      request: { readonly link: string; readonly name: string; readonly password: string },
      { carrier }: CallContext,
    ): Promise<Answer> {
      const { link, name, password } = request;
      // Before the link is used up.
      const to = required(carrier);
      return carry(to, await accounts.redeemLink(link, name, password));
    },

    async signOut(_request: object, { carrier }: CallContext): Promise<object> {
      if (carrier?.secret !== undefined) accounts.sessions.end(carrier.secret);
      carrier?.clear();
      return {};
    },

    async getSession(
      _request: object,
      { carrier }: CallContext,
    ): Promise<Partial<Answer> & { readonly hasOrganisationSignIn: boolean }> {
      const session = carrier?.secret && accounts.sessions.get(carrier.secret);
      return { ...(session && { session }), hasOrganisationSignIn };
    },

    async listAccounts(_request: object): Promise<{ readonly accounts: readonly AccountView[] }> {
      return { accounts: accounts.list() };
    },

    inviteAccount: (request: {
      readonly name: string;
      readonly role: string;
    }): Promise<AccountLink> => accounts.invite(request),

    async removeAccount({ name }: { readonly name: string }): Promise<object> {
      await accounts.remove(name);
      return {};
    },
  };
}

function required(carrier: SessionCarrier | undefined): SessionCarrier {
  if (carrier !== undefined) return carrier;
  throw new TributaryError(
    "ERR_ARGUMENT_INVALID",
    "a session is a cookie: sign in at the hub's web address, from its own page",
    { messageZh: "会话以 Cookie 保存：请在枢纽网页上登录" },
  );
}
