/** GBK bytes: the inverse of the two-byte part of the decoder that Node has. */
let table: Map<string, number> | undefined;

function inverse(): Map<string, number> {
  const decoder = new TextDecoder("gb18030");
  const map = new Map<string, number>();
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue;
      const text = decoder.decode(Uint8Array.of(lead, trail));
      // One character only: an unassigned pair decodes to U+FFFD or to two characters.
      if ([...text].length !== 1 || text === "\uFFFD") continue;
      const point = text.codePointAt(0) ?? 0;
      if (point >= 0xe000 && point <= 0xf8ff) continue;
      if (!map.has(text)) map.set(text, (lead << 8) | trail);
    }
  }
  return map;
}

/** Encodes as GBK and fails loudly on a character that GBK does not have. */
export function encodeGbk(text: string): Uint8Array {
  table ??= inverse();
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) {
      bytes.push(point);
      continue;
    }
    const pair = table.get(character);
    if (pair === undefined) {
      throw new Error(`GBK has no ${character} (U+${point.toString(16).toUpperCase()})`);
    }
    bytes.push(pair >> 8, pair & 0xff);
  }
  return Uint8Array.from(bytes);
}
