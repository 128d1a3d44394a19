/**
 * A courier whose connections prove themselves with the key that is current when they are made.
 *
 * @module
 */

import type { SigningKey } from "@tributary/proto";
import type { Courier } from "../ports/courier.ts";

/**
 * @param currentKey The key now.
 * @param courierWith Makes a courier with a key; called once a key.
 */
export function rekeyedCourier(
  currentKey: () => SigningKey,
  courierWith: (key: SigningKey) => Courier,
): Courier {
  let key = currentKey();
  let courier = courierWith(key);
  return {
    connect() {
      if (key !== currentKey()) {
        key = currentKey();
        courier = courierWith(key);
      }
      return courier.connect();
    },
  };
}
