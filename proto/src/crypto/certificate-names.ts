/**
 * What a certificate that a hub issues says of its holder: the center, and the key of the center under which it was
 * issued. Both are URIs in its subjectAltName (RFC 5280, section 4.2.1.6), so that a certificate ends with the key.
 *
 * @module
 */

import { fromBase64Url, toBase64Url } from "./bytes.ts";

const CENTER = "urn:tributary:center:";
/** RFC 9278: the SHA-256 JWK thumbprint of a key as a URI. */
const KEY = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:";

/** Whom a certificate names. */
export interface CertificateNames {
  readonly centerId: string;
  /** Key id of the center's signing key; 32 bytes. */
  readonly keyId: Uint8Array;
}

/** The URIs of a certificate for a center. */
export function certificateUris({ centerId, keyId }: CertificateNames): readonly string[] {
  return [CENTER + centerId, KEY + toBase64Url(keyId)];
}

/**
 * The names in a certificate that a hub issued.
 *
 * @param subjectAltName Its extension as OpenSSL writes it: `URI:a, URI:b`. From a certificate whose issuer was verified.
 * @returns Undefined for a certificate that names no center, or names anything twice.
 */
export function readCertificateNames(subjectAltName: string): CertificateNames | undefined {
  const [centerUri = "", keyUri = "", ...more] = subjectAltName.split(", ");
  const isComplete = centerUri.startsWith(`URI:${CENTER}`) && keyUri.startsWith(`URI:${KEY}`);
  if (!isComplete || more.length > 0) return undefined;
  return {
    centerId: centerUri.slice(`URI:${CENTER}`.length),
    keyId: fromBase64Url(keyUri.slice(`URI:${KEY}`.length)),
  };
}
