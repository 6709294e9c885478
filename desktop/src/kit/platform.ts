/** On a Mac the option key types letters, so commands use control there: shown as ⌃. */
export const onMac: boolean = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** How a chord is shown: `Alt A`, on a Mac `⌃ A`. */
export function chordLabel(key: string): string {
  return onMac ? `⌃ ${key}` : `Alt ${key}`;
}

/** How a chord is told to assistive technology (`aria-keyshortcuts`). */
export function chordAria(key: string): string {
  return `${onMac ? "Control" : "Alt"}+${key === "↵" ? "Enter" : key}`;
}
