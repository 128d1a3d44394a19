/**
 * The one line that an operator gives to a center: where the hub is, how it proves itself, and the secret of the
 * invitation.
 *
 * @module
 */

import {
  fromBase64Url,
  fromUtf8,
  isIdentifier,
  isOrigin,
  parseVkey,
  TributaryError,
} from "@tributary/proto";
import { z } from "zod";

const PREFIX = "tributary-join-1.";
const MAX_LENGTH = 4096;

const joinCodeSchema = z.object({
  hub: z.string().regex(/^[^\s/]+:\d{1,5}$/, "must be host:port"),
  origin: z.string().refine(isOrigin, "must be an origin"),
  vkey: z.string().refine(isVkey, "must be a C2SP verifier key"),
  center: z.string().refine(isIdentifier, "must be an identifier"),
  secret: z.string().min(1).max(500),
  tls: z.boolean(),
  /** Certificate of the hub's own authority, PEM; left out where the machine's authorities are to be trusted. */
  ca: z.string().max(2_000).optional(),
});

/** What an invitation says. `secret` is good for one join. */
export type JoinCode = z.infer<typeof joinCodeSchema>;

/**
 * Reads an invitation. Space around it, and lines without it, are left out: people copy more than the line.
 *
 * @param text Untrusted; never put it in a message, it holds a secret.
 * @throws {TributaryError} `ERR_JOIN_CODE`
 */
export function parseJoinCode(text: string): JoinCode {
  const [line, ...more] = text.split(/\s+/).filter((word) => word.startsWith(PREFIX));
  if (line === undefined || more.length > 0 || line.length > MAX_LENGTH) throw malformed();
  try {
    return joinCodeSchema.parse(JSON.parse(fromUtf8(fromBase64Url(line.slice(PREFIX.length)))));
  } catch {
    // The cause may quote the secret.
    throw malformed();
  }
}

function isVkey(text: string): boolean {
  try {
    parseVkey(text);
    return true;
  } catch {
    return false;
  }
}

function malformed(): TributaryError {
  return new TributaryError(
    "ERR_JOIN_CODE",
    `this is not an invitation; it is one line that begins with ${PREFIX}, as the hub's operator gave it: copy it whole`,
    {
      messageZh: `这不是有效的加入码；加入码是管理员提供的以 ${PREFIX} 开头的一行文本，请完整复制`,
    },
  );
}
