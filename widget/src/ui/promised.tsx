import { useEffect, useRef, useState } from "preact/hooks";
import { MORE_WORDS } from "../more-words.ts";
import { useModel } from "./model.ts";
import type { PromiseModel } from "./model.ts";
import { numberText } from "./number.ts";
import { clockText, dayText } from "./times.ts";

/** The call that was promised to this visitor, with the way to move it and to take it back. */
export function Promised({ model, onMove }: { model: PromiseModel; onMove(): void }) {
  useModel(model);
  const w = MORE_WORDS[model.language()];
  const lang = model.language();
  const { promise } = model.offer.view;
  const { link } = model.offer;
  const [asking, setAsking] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asking) keep.current?.focus();
  }, [asking]);
  if (promise === null) return null;
  const { slot } = promise;
  const cancel = async (): Promise<void> => {
    const code = await model.offer.cancel();
    setAsking(false);
    setFailed(code === null ? null : (w.errors[code] ?? w.failed));
  };
  return (
    <section class="promised" aria-label={w.promised}>
      <p>
        <b>{promise.state === "calling" ? w.calling : w.promised}</b>
        {promise.state !== "calling" && <span>{slot === null ? w.promisedInTurn(promise.position) : w.promisedAt(dayText(slot.startMs, lang), clockText(slot.startMs, lang), clockText(slot.endMs, lang))}</span>}
        <span class="soft">{w.onNumber(numberText(promise.number, lang))}</span>
      </p>
      {failed !== null && (
        <p class="wrong-text" role="alert">
          {failed}
        </p>
      )}
      {promise.state === "waiting" &&
        (asking ? (
          <div class="row" role="group" aria-label={w.cancelAsk}>
            <button ref={keep} type="button" class="secondary" onClick={() => setAsking(false)}>
              {w.keepIt}
            </button>
            <button type="button" class="danger" onClick={() => void cancel()}>
              {w.cancelIt}
            </button>
          </div>
        ) : (
          <div class="row">
            <button type="button" class="secondary" onClick={onMove}>
              {w.moveIt}
            </button>
            <button type="button" class="secondary" onClick={() => setAsking(true)}>
              {w.cancelIt}
            </button>
          </div>
        ))}
      {link !== null && (
        <a class="its-page" href={link} target="_blank" rel="noopener">
          {w.itsPage}
        </a>
      )}
    </section>
  );
}
