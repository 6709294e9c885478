/** Who says hello has not answered yet: the first words of most chats, and of many callers. */
import { plain } from "./match-text.ts";

const HELLO: ReadonlySet<string> = new Set(["bonjour", "bjr", "bonsoir", "salut", "coucou", "hello", "hi", "hey", "morning", "afternoon", "evening"]);
const BESIDE: ReadonlySet<string> = new Set(["madame", "monsieur", "mesdames", "messieurs", "mademoiselle", "a", "vous", "tous", "toutes", "et", "good", "there", "all", "everyone", "to", "you", "sir", "madam"]);

/** A greeting and nothing else. */
export function onlyGreets(text: string): boolean {
  const words = plain(text).split(" ");
  return words.some((word) => HELLO.has(word)) && words.every((word) => HELLO.has(word) || BESIDE.has(word));
}
