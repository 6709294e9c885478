/** What this screen shows, as opposed to what the centre knows: focus, open layers, and the choices kept on this machine. */
import { createStore, useSelect } from "../data/data.ts";

export type Layer =
  | { what: "status" | "palette" | "shortcuts" | "audio" }
  /** Anchored to a conversation. */
  | { what: "transfer" | "end" | "keypad" | "routing"; id: string };

export interface Ui {
  /** The conversation that the agent works in: the blue line, the context, the shortcuts. */
  focusedId: string | null;
  /** Conversations focused before, latest first: decides which chat stands beside the focused one. */
  recent: readonly string[];
  /** My conversations in the order in which they came to me: rows keep their place whatever becomes of them. */
  order: readonly string[];
  /** A customer held in the context pane whatever the focus (pin), or found by search. */
  pinnedCustomerId: string | null;
  /** The case by whose number that customer was found: the record opens at it. */
  pinnedCase: string | null;
  /** Below 1280 px the context pane is a drawer. */
  contextOpen: boolean;
  layer: Layer | null;
  theme: "light" | "dark";
  /** WCAG 2.1.4: one-key commands can be turned off. */
  shortcutsOn: boolean;
}

const THEME_KEY = "tandem.theme";
const SHORTCUTS_KEY = "tandem.shortcuts";

function firstTheme(): Ui["theme"] {
  const kept = localStorage.getItem(THEME_KEY);
  if (kept === "light" || kept === "dark") return kept;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export const ui = createStore<Ui>({
  focusedId: null,
  recent: [],
  order: [],
  pinnedCustomerId: null,
  pinnedCase: null,
  contextOpen: false,
  layer: null,
  theme: firstTheme(),
  shortcutsOn: localStorage.getItem(SHORTCUTS_KEY) !== "off",
});

export function useUi<R>(select: (state: Ui) => R): R {
  return useSelect(ui, select);
}

export function focusConversation(id: string): void {
  ui.update((s) => (s.focusedId === id ? s : { ...s, focusedId: id, recent: [id, ...s.recent.filter((other) => other !== id)].slice(0, 20) }));
}

/** Longer than a layer takes to close, shorter than a hand takes to go elsewhere. */
const FOCUS_BACK_MS = 300;
let comingBackUntilMs = 0;

export function openLayer(layer: Layer | null): void {
  if (layer === null && ui.get().layer !== null) comingBackUntilMs = performance.now() + FOCUS_BACK_MS;
  ui.update((s) => ({ ...s, layer }));
}

/** The focus goes back where it was when a layer closes: that is not the agent choosing another conversation. */
export function focusIsComingBack(): boolean {
  return performance.now() < comingBackUntilMs;
}

/** Opens it, or closes it when it is open already. */
export function toggleLayer(layer: Layer): void {
  const now = ui.get().layer;
  openLayer(now?.what === layer.what ? null : layer);
}

export function useLayer(what: Layer["what"], id?: string): boolean {
  return useUi((s) => s.layer !== null && s.layer.what === what && (id === undefined || ("id" in s.layer && s.layer.id === id)));
}

export function pinCustomer(id: string | null, caseNumber: string | null = null): void {
  ui.update((s) => ({ ...s, pinnedCustomerId: id, pinnedCase: caseNumber }));
}

export function setContextOpen(contextOpen: boolean): void {
  ui.update((s) => ({ ...s, contextOpen }));
}

export function applyTheme(): void {
  document.documentElement.dataset["theme"] = ui.get().theme;
}

export function toggleTheme(): void {
  ui.update((s) => ({ ...s, theme: s.theme === "light" ? "dark" : "light" }));
  localStorage.setItem(THEME_KEY, ui.get().theme);
  applyTheme();
}

export function setShortcutsOn(shortcutsOn: boolean): void {
  ui.update((s) => ({ ...s, shortcutsOn }));
  localStorage.setItem(SHORTCUTS_KEY, shortcutsOn ? "on" : "off");
}
