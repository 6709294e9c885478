import type { Lang } from "../words.ts";

/** As people write it: a French number in pairs, any other as it is dialled. */
export function numberText(number: string, lang: Lang): string {
  return number.replace(/^\+33([1-9])(\d\d)(\d\d)(\d\d)(\d\d)$/, `${lang === "fr" ? "0" : "+33\u00a0"}$1\u00a0$2\u00a0$3\u00a0$4\u00a0$5`);
}
