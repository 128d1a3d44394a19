/** Sets every date inside a zip file to 1 January 2026, so that two runs write the same bytes. */
const DATE = ((2026 - 1980) << 9) | (1 << 5) | 1;

export function fixZipDates(zip: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(zip);
  const view = new DataView(bytes.buffer);
  let end = bytes.length - 22;
  while (view.getUint32(end, true) !== 0x06054b50) end--;
  let entry = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const local = view.getUint32(entry + 42, true);
    view.setUint32(entry + 12, DATE << 16, true);
    view.setUint32(local + 10, DATE << 16, true);
    entry +=
      46 +
      view.getUint16(entry + 28, true) +
      view.getUint16(entry + 30, true) +
      view.getUint16(entry + 32, true);
  }
  return bytes;
}
