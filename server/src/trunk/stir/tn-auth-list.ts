/** The TN Authorization List of a certificate (RFC 8226 section 9): for which numbers its holder may speak. */

/** Deepest nesting and most entries looked at. Attack: a certificate built to keep the reader busy. */
const maxDepth = 8;
const maxEntries = 1_000;

export interface TnAuthList {
  /** Service provider codes: such a holder speaks for the numbers of its own customers, whichever they are. */
  codes: string[];
  ranges: { start: string; count: number }[];
  numbers: string[];
}

/** 1.3.6.1.5.5.7.1.26, as DER. */
const OID = Buffer.from([0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x1a]);

interface Tlv {
  tag: number;
  value: Uint8Array;
  /** Where the next one starts. */
  end: number;
}

/** DER (X.690): one element at `at`; null when it is cut off or too long. */
function tlv(bytes: Uint8Array, at: number): Tlv | null {
  const tag = bytes[at];
  let length = bytes[at + 1];
  if (tag === undefined || length === undefined) return null;
  let from = at + 2;
  if (length > 0x80) {
    const octets = length & 0x7f;
    if (octets > 3) return null;
    length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + (bytes[from + i] ?? 0);
    from += octets;
  } else if (length === 0x80) return null;
  return from + length > bytes.length ? null : { tag, value: bytes.subarray(from, from + length), end: from + length };
}

function children(bytes: Uint8Array): Tlv[] {
  const out: Tlv[] = [];
  for (let at = 0; at < bytes.length && out.length < maxEntries; ) {
    const one = tlv(bytes, at);
    if (!one) break;
    out.push(one);
    at = one.end;
  }
  return out;
}

/** The value of the extension in a certificate's DER: the OCTET STRING that follows its OID. Null when it is not there. */
function extensionValue(der: Uint8Array, depth = 0): Uint8Array | null {
  const inside = children(der);
  if (inside[0]?.tag === 0x06 && inside[0].value.length === OID.length - 2 && OID.subarray(2).equals(inside[0].value)) {
    return inside.find(({ tag }) => tag === 0x04)?.value ?? null; // critical (BOOLEAN) may stand between
  }
  if (depth >= maxDepth) return null;
  // SEQUENCE, SET and explicit tags hold others
  for (const { tag, value } of inside) {
    if ((tag & 0x20) === 0) continue;
    const found = extensionValue(value, depth + 1);
    if (found) return found;
  }
  return null;
}

/** Null: the certificate has no such list, and speaks for no number. */
export function readTnAuthList(certificateDer: Uint8Array): TnAuthList | null {
  const value = extensionValue(certificateDer);
  const list = value && tlv(value, 0);
  if (!list || list.tag !== 0x30) return null;
  const out: TnAuthList = { codes: [], ranges: [], numbers: [] };
  const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("latin1");
  for (const entry of children(list.value)) {
    const [inner] = children(entry.value);
    // explicit tags: [0] spc, [1] range, [2] one
    if (entry.tag === 0xa0) out.codes.push(text(inner?.value));
    else if (entry.tag === 0xa2) out.numbers.push(text(inner?.value));
    else if (entry.tag === 0xa1) {
      const [start, count] = children(inner?.value ?? new Uint8Array());
      const many = (count?.value ?? new Uint8Array()).reduce((sum, byte) => sum * 256 + byte, 0);
      if (start && count && count.value.length <= 6) out.ranges.push({ start: text(start.value), count: many });
    }
  }
  return out;
}

/** `number`: digits without "+". */
export function speaksFor(list: TnAuthList, number: string): boolean {
  if (list.codes.some((code) => code !== "")) return true;
  if (list.numbers.includes(number)) return true;
  return list.ranges.some(({ start, count }) => /^\d{1,15}$/.test(start) && start.length === number.length && Number(number) >= Number(start) && Number(number) - Number(start) < count);
}
