/** On a Mac the option key types letters, so commands use control there: shown as ⌃. */
export const onMac: boolean = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** How a chord is shown: `Alt A`, on a Mac `⌃ A`. */
export function chordLabel(key: string): string {
  return onMac ? `⌃ ${key}` : `Alt ${key}`;
}

const ariaNames: Record<string, string> = { "↵": "Enter", "↑": "ArrowUp", "↓": "ArrowDown" };

/** How a chord is told to assistive technology (`aria-keyshortcuts`): `⇧ E` becomes `Alt+Shift+E`. */
export function chordAria(key: string): string {
  const parts = key.split(" ").map((part) => (part === "⇧" ? "Shift" : (ariaNames[part] ?? part)));
  return [onMac ? "Control" : "Alt", ...parts].join("+");
}
