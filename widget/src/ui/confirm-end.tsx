import { useEffect, useRef, useState } from "preact/hooks";
import type { Words } from "../words.ts";
import { useKeys } from "./use-keys.ts";

/** Ending cuts someone off: name the person and the effect, focus the safe choice. */
export function ConfirmEnd({ words, name, onEnd, onClose }: { words: Words; name: string | null; onEnd(): boolean; onClose(): void }) {
  const safe = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => safe.current?.focus(), []);
  useKeys(box, (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      onClose();
    } else if (event.key === "Tab") {
      event.preventDefault();
      const [keep, end] = box.current?.querySelectorAll("button") ?? [];
      (keep?.matches(":focus") === true ? end : keep)?.focus();
    }
  });
  return (
    <div class="veil">
      <div ref={box} class="confirm" role="alertdialog" aria-modal="true" aria-labelledby="tandem-end" aria-describedby="tandem-end-body">
        <h3 id="tandem-end">{words.confirmEnd(name)}</h3>
        <p id="tandem-end-body">{words.confirmEndBody}</p>
        {failed && (
          <p class="wrong-text" role="alert">
            {words.cannotEndOffline}
          </p>
        )}
        <div class="row">
          <button ref={safe} type="button" class="secondary" onClick={onClose}>
            {words.confirmKeep}
          </button>
          <button type="button" class="danger" onClick={() => (onEnd() ? onClose() : setFailed(true))}>
            {words.confirmEndYes}
          </button>
        </div>
      </div>
    </div>
  );
}
