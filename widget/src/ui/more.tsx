import { useEffect, useRef, useState } from "preact/hooks";
import type { What } from "../more-chunk.tsx";
import { OFFER_WORDS } from "../offer-words.ts";
import type { Words } from "../words.ts";
import type { Model } from "./model.ts";

/** A part of the chunk apart, once it is here. */
export function More({ model, words, what, go, onFail, failed = words.call.back }: { model: Model; words: Words; what: What; go?(): void; onFail?(): void; /** What that does. */ failed?: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<"loading" | "here" | "failed">("loading");
  const latest = useRef(go);
  latest.current = go;
  useEffect(() => {
    let unmount: (() => void) | null = null;
    let gone = false;
    model.loadMore().then(
      ({ mount }) => {
        if (gone || box.current === null) return;
        unmount = mount(box.current, model, what, () => latest.current?.());
        setState("here");
      },
      (error: unknown) => {
        console.warn("[tandem] more:", error);
        if (!gone) setState("failed");
      },
    );
    return () => {
      gone = true;
      unmount?.();
    };
  }, [model, what]);
  return (
    <>
      <div ref={box} class={`part-${what}`} />
      {state === "loading" && (
        <p class="line" role="status">
          {words.connecting}
        </p>
      )}
      {state === "failed" && (
        <div class="booking-failed">
          <p class="wrong-text" role="alert">
            {OFFER_WORDS[model.language()].failed}
          </p>
          {onFail && (
            <button type="button" class="secondary" onClick={onFail}>
              {failed}
            </button>
          )}
        </div>
      )}
    </>
  );
}
