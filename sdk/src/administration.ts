/**
 * What operators do beside curation: they sign in, and their administrator looks after accounts and keys;
 * and the log, as it is.
 *
 * @module
 */

import type { DescMessage, DescMethodUnary, Message, MessageInitShape } from "@bufbuild/protobuf";
import {
  type AccountLink,
  type AccountView,
  type ApiKeyView,
  decodeLogContent,
  decodeLogEntry,
  type IssuedApiKey,
  type LogContent,
  type LogEntryType,
  type Role,
  type Session,
  toPlain,
  viewOptions,
} from "@tributary/proto";
import { AccessService, AccountService, LogService } from "@tributary/proto/wire";
import type { CallOptions, Calls } from "./calls.ts";
import { type Client, callsOf } from "./client.ts";
import { readAnswer } from "./read-answer.ts";

export { ORGANISATION_SIGN_IN, ROLES } from "@tributary/proto";
export type { AccountView, ApiKeyView, LogContent, Role, Session };

/** An entry of the log. */
export interface LogEntryView {
  readonly position: number;
  readonly receivedAtMs: number;
  readonly type: LogEntryType;
  /** Bytes of the statement that it holds. */
  readonly statement: Uint8Array;
  /** The same, decoded. */
  readonly content: LogContent;
}

/**
 * In a browser on the hub's own page the session that {@link Administration.signIn} begins goes with each call of the
 * client; elsewhere its token does. A call that changes something is never made again by itself.
 */
export interface Administration {
  /** Who is signed in; undefined where nobody is. */
  session(options?: CallOptions): Promise<Session | undefined>;
  /** Whether the hub also signs people in at their organisation's provider: a browser goes to {@link ORGANISATION_SIGN_IN} for that. */
  hasOrganisationSignIn(options?: CallOptions): Promise<boolean>;
  signIn(name: string, password: string, options?: CallOptions): Promise<Session>;
  /** Signs in with a single-use link. @param name Of the account to make, with the link for the first administrator. */
  redeemLink(link: string, name: string, password: string, options?: CallOptions): Promise<Session>;
  signOut(options?: CallOptions): Promise<void>;

  accounts(options?: CallOptions): Promise<readonly AccountView[]>;
  /** Makes an account, or a new link and role for one. */
  inviteAccount(name: string, role: Role, options?: CallOptions): Promise<AccountLink>;
  removeAccount(name: string, options?: CallOptions): Promise<void>;

  keys(options?: CallOptions): Promise<readonly ApiKeyView[]>;
  createKey(name: string, scopes: readonly string[], options?: CallOptions): Promise<IssuedApiKey>;
  revokeKey(id: string, options?: CallOptions): Promise<void>;

  /** The newest checkpoint, a signed note. */
  checkpoint(
    options?: CallOptions,
  ): Promise<{ readonly checkpoint: string; readonly vkey: string }>;
  /** Entries in order of their position. */
  entries(
    from: number,
    count: number,
    options?: Pick<CallOptions, "signal">,
  ): Promise<readonly LogEntryView[]>;
}

/** A stream that says nothing for so long is over; ms. */
const SILENCE_MS = 30_000;

/** The administrator's side of a client; ends with it. */
export function administrationOf(client: Client): Administration {
  const calls = callsOf(client);
  const ask = askOver(calls);
  return {
    ...accountCalls(ask),
    ...keyCalls(ask),

    checkpoint: (options) => ask(LogService.method.getCheckpoint, {}, options),

    async entries(from, count, { signal } = {}) {
      const request = { fromPosition: BigInt(from), maxEntries: BigInt(count) };
      const { listEntries } = LogService.method;
      const stream = calls.stream(listEntries, request, { signal, silenceMs: SILENCE_MS });
      const entries: LogEntryView[] = [];
      for await (const { position, entry } of stream) {
        const value = readAnswer({ decode: decodeLogEntry }, entry);
        const { receivedAtMs, type, statement } = value;
        const content = readAnswer({ decode: decodeLogContent }, value);
        entries.push({ position: Number(position), receivedAtMs, type, statement, content });
      }
      return entries;
    },
  };
}

/** Answers as values; the caller says of which shape the message is. */
type Ask = <Answer>(
  method: DescMethodUnary,
  request: object,
  options: CallOptions | undefined,
) => Promise<Answer>;

function askOver(calls: Calls): Ask {
  return async <Answer>(method: DescMethodUnary, request: object, options: CallOptions = {}) => {
    const answer = await calls.unary(method, request as MessageInitShape<DescMessage>, options);
    const decode = (message: Message) =>
      toPlain<Answer>(method.output, message, { ...viewOptions, complete: true });
    return readAnswer({ decode }, answer);
  };
}

interface WithSession {
  readonly session?: Session | undefined;
}

type WaysIn = { readonly hasOrganisationSignIn: boolean };

function accountCalls(ask: Ask) {
  const { method } = AccountService;
  return {
    session: async (options?: CallOptions) =>
      (await ask<WithSession>(method.getSession, {}, options)).session,

    hasOrganisationSignIn: async (options?: CallOptions) =>
      (await ask<WaysIn>(method.getSession, {}, options)).hasOrganisationSignIn,

    signIn: async (name: string, password: string, options?: CallOptions) =>
      (await ask<Required<WithSession>>(method.signIn, { name, password }, options))
        .session as Session,

    redeemLink: async (link: string, name: string, password: string, options?: CallOptions) =>
      (await ask<WithSession>(method.redeemLink, { link, name, password }, options))
        .session as Session,

    signOut: async (options?: CallOptions) => {
      await ask(method.signOut, {}, options);
    },

    accounts: async (options?: CallOptions) =>
      (await ask<{ readonly accounts: readonly AccountView[] }>(method.listAccounts, {}, options))
        .accounts,

    inviteAccount: (name: string, role: Role, options?: CallOptions) =>
      ask<AccountLink>(method.inviteAccount, { name, role }, options),

    removeAccount: async (name: string, options?: CallOptions) => {
      await ask(method.removeAccount, { name }, options);
    },
  };
}

function keyCalls(ask: Ask) {
  const { method } = AccessService;
  return {
    keys: async (options?: CallOptions) =>
      (await ask<{ readonly keys: readonly ApiKeyView[] }>(method.listApiKeys, {}, options)).keys,

    createKey: (name: string, scopes: readonly string[], options?: CallOptions) =>
      ask<IssuedApiKey>(method.createApiKey, { name, scopes: [...scopes] }, options),

    revokeKey: async (id: string, options?: CallOptions) => {
      await ask(method.revokeApiKey, { id }, options);
    },
  };
}
