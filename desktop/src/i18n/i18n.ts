/**
 * Words on screen. `t(key, values)` for code, `useT()` for components (they draw again when the language changes), `format`
 * for times and numbers. The language is the signed-in user's, changed at once by `setLanguage`. Messages are ICU, compiled on
 * first use; both catalogues are in the bundle, since switching must not wait for the network.
 */
import { setupI18n } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import type { Language } from "@tandem/protocol";
import { useSyncExternalStore } from "react";
import { en, flatten, fr, frenchSpaces } from "./catalogue.ts";
import type { Key } from "./catalogue.ts";
import { formatters } from "./format.ts";
import type { Formatters } from "./format.ts";

export type { Key } from "./catalogue.ts";
export type Values = Readonly<Record<string, string | number>>;
export type T = (key: Key, values?: Values) => string;

const LANGUAGE_KEY = "tandem.language";
const lingui = setupI18n().setMessagesCompiler(compileMessage);
lingui.load({ fr: flatten(fr, frenchSpaces), en: flatten(en, (message) => message) });

const listeners = new Set<() => void>();
let language: Language = firstLanguage();
let formats: Formatters = formatters(language, t);
let bound: { t: T; format: Formatters; language: Language } = { t: (key, values) => t(key, values), format: formats, language };
lingui.activate(language);
mirrorOnPage();

/** The words of `key` in the current language. */
export function t(key: Key, values?: Values): string {
  return lingui._(key, values);
}

/** For keys built from data of the wire (`everywhere.state.${state}`): the key when the catalogue has it, else null. */
export function keyIfKnown(key: string): Key | null {
  return Object.hasOwn(lingui.messages, key) ? (key as Key) : null;
}

export function currentLanguage(): Language {
  return language;
}

export function currentFormat(): Formatters {
  return formats;
}

/** Takes effect at once on every component that uses `useT`, `useFormat` or `useLanguage`. Remembered for the sign-in page. */
export function setLanguage(next: Language): void {
  if (next === language) return;
  language = next;
  lingui.activate(next);
  formats = formatters(next, t);
  // A new `t` function, so that memoised components given `t` as a prop draw again too.
  bound = { t: (key, values) => t(key, values), format: formats, language };
  globalThis.localStorage?.setItem(LANGUAGE_KEY, next);
  mirrorOnPage();
  for (const listener of listeners) listener();
}

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function useBound(): typeof bound {
  return useSyncExternalStore(onLanguage, () => bound);
}
export function useT(): T {
  return useBound().t;
}
export function useFormat(): Formatters {
  return useBound().format;
}
export function useLanguage(): Language {
  return useBound().language;
}

/** Before sign-in: the last language used here, else the browser's. */
function firstLanguage(): Language {
  const kept = typeof document === "undefined" ? null : globalThis.localStorage.getItem(LANGUAGE_KEY);
  if (kept === "fr" || kept === "en") return kept;
  const wanted = typeof navigator === "undefined" ? "en" : navigator.language;
  return wanted.toLowerCase().startsWith("fr") ? "fr" : "en";
}

function mirrorOnPage(): void {
  if (typeof document !== "undefined") document.documentElement.lang = language;
}
