/**
 * The fixed keys of the vectors: RFC 8032, section 7.1. Never use them for anything else.
 *
 * @module
 */

import {
  formatVkey,
  fromHex,
  importSigningKey,
  type SigningKey,
  toBase64Url,
} from "@tributary/proto";

function rfc8032(seed: string, publicKey: string): Promise<SigningKey> {
  return importSigningKey(
    JSON.stringify({
      kty: "OKP",
      crv: "Ed25519",
      x: toBase64Url(fromHex(publicKey)),
      d: toBase64Url(fromHex(seed)),
    }),
  );
}

/** TEST 1: the center's agent. */
export const centerKey: SigningKey = await rfc8032(
  "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
);

/** TEST 2: the hub. */
export const hubKey: SigningKey = await rfc8032(
  "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
);

/** TEST 3: the center's recovery key; also somebody else's. */
export const otherKey: SigningKey = await rfc8032(
  "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
);

export const HUB_ORIGIN = "hub.example/tributary";
export const HUB_VKEY: string = formatVkey(HUB_ORIGIN, hubKey.publicKey);
export const CENTER_ID = "jiangxi-copper";
