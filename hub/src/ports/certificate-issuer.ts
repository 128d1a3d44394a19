/**
 * Who issues the certificates with which centers say who they are on a TLS connection.
 *
 * @module
 */

import type { CertificateNames } from "@tributary/proto";

export interface CertificateIssuer {
  /**
   * Issues a certificate for a client, good for as long as the hub's settings say.
   *
   * @param names Whose it is. What the center has proven.
   * @param tlsPublicKey SubjectPublicKeyInfo in DER; attacker-controlled.
   * @returns The certificate in DER.
   * @throws {TributaryError} `ERR_ARGUMENT_INVALID` if the key is not one of ECDSA on P-256; `ERR_UNSUPPORTED` if the hub
   * issues none, since its port speaks without TLS.
   */
  issue(names: CertificateNames, tlsPublicKey: Uint8Array): Promise<Uint8Array>;
}
