/**
 * What a TLS connection shows of the center at its other end, and whether that is the center which calls.
 *
 * @module
 */

import { type CertificateNames, TributaryError } from "@tributary/proto";
import type { MemberRegistry } from "../members/registry.ts";

/** The other side of a TLS connection. */
export interface TlsPeer {
  /** The certificate that it showed, issued by this hub; it may have ended. Undefined: it showed none of this hub's. */
  readonly certificate: (CertificateNames & { readonly expiresAtMs: number }) | undefined;
}

/**
 * Why a connection is not a center's; undefined if it is. The membership decides, at each call: a certificate ends with
 * the key that it was issued under, and says nothing for who is suspended, has left or was refused.
 */
export function certificateProblem(
  { certificate }: TlsPeer,
  centerId: string,
  registry: Pick<MemberRegistry, "get" | "keyOf">,
  nowMs: number,
): TributaryError | undefined {
  if (certificate === undefined) {
    return required("the connection shows none that this hub issued", "连接未出示本枢纽签发的证书");
  }
  if (certificate.centerId !== centerId) {
    return required(
      `that of the connection is of ${certificate.centerId}, not of ${centerId}`,
      `连接的证书属于 ${certificate.centerId}，而非 ${centerId}`,
    );
  }
  if (certificate.expiresAtMs <= nowMs) {
    const at = new Date(certificate.expiresAtMs).toISOString();
    return required(`that of the connection ended at ${at}`, `连接的证书已于 ${at} 到期`);
  }
  const state = registry.get(centerId)?.state ?? "unknown";
  if (state !== "approved" && state !== "pending") {
    return required(
      `none is valid while the membership of ${centerId} is ${state}`,
      `${centerId} 的成员状态为 ${state}，其证书无效`,
    );
  }
  if (registry.keyOf(centerId, certificate.keyId) !== undefined) return undefined;
  return required(
    "that of the connection was issued under a key that has been replaced",
    "连接的证书是在已被更换的密钥下签发的",
  );
}

function required(en: string, zh: string): TributaryError {
  return new TributaryError(
    "ERR_CERTIFICATE_REQUIRED",
    `a center calls over TLS with a certificate of this hub: ${en}`,
    { messageZh: `中心经 TLS 调用须使用本枢纽签发的证书：${zh}` },
  );
}
