/** JSON on one line; 64-bit integers as text, bytes as hex. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === "bigint") return String(item);
    return item instanceof Uint8Array ? Buffer.from(item).toString("hex") : item;
  });
}
