/** For finding: without accents and case, so that "elodie" finds "Élodie". */
export function folded(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
