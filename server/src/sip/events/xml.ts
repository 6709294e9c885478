/** Text as XML content or attribute value; characters that XML 1.0 has no place for become spaces. */
export function xml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what must not pass: one makes a phone refuse the document
  return text.toWellFormed().replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, " ").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

export const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A piece of a document in order: an element opens (with its local name), closes, or text stands between. */
export type XmlPiece = { kind: "open"; name: string } | { kind: "close"; name: string } | { kind: "text"; text: string };

/**
 * Reads elements and text; attributes, comments and processing instructions are passed over. Null when it is not well-formed enough, or
 * has a document type: entities of one's own are how a kilobyte becomes a gigabyte. Never throws; linear in the text.
 */
export function readXml(text: string): XmlPiece[] | null {
  const pieces: XmlPiece[] = [];
  const open: string[] = [];
  let at = 0;
  while (at < text.length) {
    const angle = text.indexOf("<", at);
    const between = text.slice(at, angle < 0 ? text.length : angle);
    if (between.trim() !== "") pieces.push({ kind: "text", text: plain(between.trim()) });
    if (angle < 0) break;
    if (text.startsWith("<!--", angle) || text.startsWith("<?", angle)) {
      const mark = text.startsWith("<?", angle) ? "?>" : "-->";
      const end = text.indexOf(mark, angle + 2);
      if (end < 0) return null;
      at = end + mark.length;
      continue;
    }
    if (text.startsWith("<!", angle)) return null;
    const end = text.indexOf(">", angle);
    if (end < 0) return null;
    const tag = /^(\/?)(?:[\w.-]{1,64}:)?([\w.-]{1,64})(?=[\s/]|$)/.exec(text.slice(angle + 1, end));
    if (!tag) return null;
    const name = tag[2]!;
    if (tag[1] === "/") {
      if (open.pop() !== name) return null;
      pieces.push({ kind: "close", name });
    } else {
      pieces.push({ kind: "open", name });
      if (text[end - 1] === "/") pieces.push({ kind: "close", name });
      else open.push(name);
      if (open.length > maxDepth) return null;
    }
    at = end + 1;
  }
  return open.length === 0 && pieces.length > 0 ? pieces : null;
}

/** Attack: a thousand nested elements. */
const maxDepth = 20;

function plain(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));/g, (_, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name]!;
    const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
    return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : " ";
  });
}

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
