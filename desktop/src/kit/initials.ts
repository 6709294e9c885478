/** "Camille Rousseau" -> "CR", "julie.deco" -> "j", "+33612" -> "#". */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u).filter((word) => /^\p{L}/u.test(word));
  const first = words[0];
  if (first === undefined) return "#";
  const last = words.length > 1 ? words.at(-1) : undefined;
  const letter = (word: string): string => [...word][0] ?? "";
  return last === undefined ? letter(first) : (letter(first) + letter(last)).toUpperCase();
}

/** Always the same number below `count` for the same name. */
export function tintOf(name: string, count: number): number {
  let hash = 7;
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash % count;
}
