/** Free text of a customer against labels: case, accents and punctuation do not count. */

/** Longest text that is looked at: matching stays cheap whatever is pasted into a chat. */
const MAX_MATCH_CHARS = 500;
/** A shorter beginning of a label ("o", "je") is chance, not an answer. */
const MIN_PREFIX_CHARS = 2;

/** Lower case, no accents, words of letters and digits joined by one space. */
export function plain(text: string): string {
  return text.slice(0, MAX_MATCH_CHARS).normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** True when `phrase` stands in `text` as whole words; both already plain. */
export function holdsPhrase(text: string, phrase: string): boolean {
  return phrase !== "" && ` ${text} `.includes(` ${phrase} `);
}

export interface Matchable {
  key: string;
  label: string;
  words: readonly string[];
}

/** The one choice that the text means: its key, its label, the beginning of one label only, or words of one choice only. */
export function matchChoice<T extends Matchable>(choices: readonly T[], text: string): T | null {
  const said = plain(text);
  if (said === "") return null;
  const byKey = choices.find((choice) => choice.key === said);
  if (byKey) return byKey;
  const exact = choices.filter((choice) => plain(choice.label) === said);
  if (exact.length === 1) return exact[0] ?? null;
  if (said.length >= MIN_PREFIX_CHARS) {
    const begun = choices.filter((choice) => plain(choice.label).startsWith(said));
    if (begun.length === 1) return begun[0] ?? null;
  }
  const meant = choices.filter(
    (choice) => holdsPhrase(said, plain(choice.label)) || choice.words.some((word) => holdsPhrase(said, plain(word))),
  );
  return meant.length === 1 ? (meant[0] ?? null) : null;
}
