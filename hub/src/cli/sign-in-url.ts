/** Links with which people sign in on the page of a hub. @module */

import { formatAddress, type ListenAddress } from "../config.ts";

/** The secret stands behind `#`, which browsers do not send: it is in no log of a proxy. */
export function signInUrl(web: ListenAddress | string, secret: string): string {
  const address = typeof web === "string" ? web : formatAddress(web);
  return `http://${address}/#/link/${secret}`;
}
