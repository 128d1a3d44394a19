import { fromBase64, toBase64 } from "@tributary/proto";

/** JSON on one line; 64-bit integers as text, bytes as hex. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === "bigint") return String(item);
    return item instanceof Uint8Array ? Buffer.from(item).toString("hex") : item;
  });
}

const BYTES = "base64:";
/** Begins texts that would otherwise be read as bytes. */
const PLAIN = "text:";

/** JSON from which {@link fromJsonBytes} gives back bytes as bytes. */
export function toJsonBytes(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (item instanceof Uint8Array) return `${BYTES}${toBase64(item)}`;
    const isLikeBytes =
      typeof item === "string" && (item.startsWith(BYTES) || item.startsWith(PLAIN));
    return isLikeBytes ? `${PLAIN}${item}` : item;
  });
}

export function fromJsonBytes(text: string): unknown {
  return JSON.parse(text, (_, item: unknown) => {
    if (typeof item !== "string") return item;
    if (item.startsWith(BYTES)) return fromBase64(item.slice(BYTES.length));
    return item.startsWith(PLAIN) ? item.slice(PLAIN.length) : item;
  });
}
