import { useEffect, useEffectEvent, useState } from "react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";

export const keypadKeys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;

/** Tones for the other side's machine; the computer's own keys work too, as long as it is shown. */
export function Keypad({ hint, onKey: press }: { hint: string; onKey: (key: string) => void }): ReactNode {
  const [sent, setSent] = useState("");
  const send = (key: string): void => {
    press(key);
    setSent((before) => (before + key).slice(-16));
  };
  const onKey = useEffectEvent((event: KeyboardEvent): void => {
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1] ?? (event.key === "*" || event.key === "#" ? event.key : undefined);
    if (digit === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    send(digit);
  });
  useEffect(() => {
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, []);
  return (
    <>
      <p aria-live="polite" className="mb-2 h-6 truncate text-center font-mono text-sub text-ink">
        {sent === "" ? <span className="text-meta text-ink-3">{hint}</span> : sent}
      </p>
      <div className="grid grid-cols-3 gap-1.5">
        {keypadKeys.map((key) => (
          <Button key={key} tone="soft" className="h-11 text-head" onPress={() => send(key)}>
            {key}
          </Button>
        ))}
      </div>
    </>
  );
}
