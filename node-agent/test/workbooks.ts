/**
 * Workbooks made by hand for tests: whatever a zip file and XML can hold.
 */

import { crc32, deflateRawSync } from "node:zlib";

/** A member of a zip file. */
export interface ZipMember {
  readonly name: string;
  readonly content: string | Buffer;
  /** Stored as it is; deflated otherwise. */
  readonly isStored?: boolean;
  /** Marked as encrypted. */
  readonly isEncrypted?: boolean;
}

/** A zip file of those members, in that order. */
export function zipOf(members: readonly ZipMember[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, isStored = false, isEncrypted = false } of members) {
    const bytes = Buffer.from(content);
    const packed = isStored ? bytes : deflateRawSync(bytes);
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(isEncrypted ? 1 : 0, 2);
    common.writeUInt16LE(isStored ? 0 : 8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, path, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, tail, path]),
    );
    parts.push(local);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, entries, end]);
}

/** Parts of a workbook with one sheet; each may be replaced. */
export interface WorkbookParts {
  /** What stands in `worksheet`: sheetData and what follows. */
  readonly sheet?: string;
  readonly sharedStrings?: string;
  readonly styles?: string;
  readonly workbook?: string;
  readonly sheetName?: string;
  readonly more?: readonly ZipMember[];
}

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** Members of a workbook, in the order in which Excel writes them: sheets before styles and strings. */
export function workbookMembers(parts: WorkbookParts): ZipMember[] {
  const { sheet = "<sheetData/>", sharedStrings, styles, sheetName = "清单", more = [] } = parts;
  const members: ZipMember[] = [
    {
      name: "_rels/.rels",
      content: `<Relationships><Relationship Id="r1" Type="${LINK}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    },
    {
      name: "xl/workbook.xml",
      content:
        parts.workbook ??
        `<workbook ${MAIN}><sheets><sheet name="${sheetName}" sheetId="1" r:id="r1"/></sheets></workbook>`,
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: `<Relationships><Relationship Id="r1" Type="${LINK}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    },
    { name: "xl/worksheets/sheet1.xml", content: `<worksheet ${MAIN}>${sheet}</worksheet>` },
  ];
  if (styles !== undefined) members.push({ name: "xl/styles.xml", content: styles });
  if (sharedStrings !== undefined) {
    members.push({ name: "xl/sharedStrings.xml", content: `<sst ${MAIN}>${sharedStrings}</sst>` });
  }
  return [...members, ...more];
}

/** Sheet data of rows of inline texts and numbers. */
export function sheetData(rows: readonly (readonly (string | number | null)[])[]): string {
  const body = rows.map((cells, i) => {
    const inner = cells.map((cell, j) => {
      const address = `${String.fromCharCode(65 + j)}${i + 1}`;
      if (cell === null) return `<c r="${address}" s="0"/>`;
      return typeof cell === "number"
        ? `<c r="${address}"><v>${cell}</v></c>`
        : `<c r="${address}" t="inlineStr"><is><t>${cell}</t></is></c>`;
    });
    return `<row r="${i + 1}">${inner.join("")}</row>`;
  });
  return `<sheetData>${body.join("")}</sheetData>`;
}
