/** UTF-8 bytes of one part: with its addresses it fits into a datagram of 1,300 bytes (RFC 3428 section 8), whatever the way turns out to be. */
export const MAX_PART_BYTES = 600;

/** A text in parts that fit, cut at a line end or a space where there is one, never inside a character. At least one. */
export function inParts(text: string, maxBytes = MAX_PART_BYTES): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (Buffer.byteLength(rest) > maxBytes) {
    const fits = longestThatFits(rest, maxBytes);
    const line = fits.lastIndexOf("\n");
    const space = fits.lastIndexOf(" ");
    const cut = line > fits.length / 2 ? line : space > fits.length / 2 ? space : fits.length;
    parts.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  if (rest !== "" || parts.length === 0) parts.push(rest);
  return parts;
}

function longestThatFits(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}
