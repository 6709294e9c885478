/**
 * Which key presses mean which command. Letters match what is printed on the key (`event.key`), so that AZERTY and QWERTY both
 * work, with the position (`event.code`) only when the key types no Latin letter (Cyrillic, Greek, Option on a Mac). Digits match
 * the position: on AZERTY the digit row types & é " ' without shift. AltGr (control and alt together) is for typing, never ours.
 */
export interface Chord {
  /** "A".."Z", "1".."9", "Enter", "ArrowUp", "ArrowDown", "/". */
  key: string;
  shift?: boolean;
}

export interface KeyPress {
  key: string;
  code: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

/** Alt on PCs, Control on a Mac (where Option types letters). */
export function matches(chord: Chord, press: KeyPress, mac: boolean): boolean {
  const held = mac ? press.ctrlKey && !press.altKey : press.altKey && !press.ctrlKey;
  if (!held || press.metaKey || press.shiftKey !== (chord.shift ?? false)) return false;
  if (/^[0-9]$/.test(chord.key)) return press.code === `Digit${chord.key}`;
  if (/^[A-Z]$/.test(chord.key)) {
    const typed = press.key.toUpperCase();
    return /^[A-Z]$/.test(typed) ? typed === chord.key : press.code === `Key${chord.key}`;
  }
  return press.key === chord.key;
}

/** Ctrl K (Command K on a Mac): find everything. */
export function isFind(press: KeyPress): boolean {
  return (press.ctrlKey || press.metaKey) && !press.altKey && !press.shiftKey && press.key.toLowerCase() === "k";
}

/** What stands on the key cap. */
export function cap(chord: Chord): string {
  const name = chord.key === "Enter" ? "↵" : chord.key === "ArrowUp" ? "↑" : chord.key === "ArrowDown" ? "↓" : chord.key;
  return chord.shift === true ? `⇧ ${name}` : name;
}
