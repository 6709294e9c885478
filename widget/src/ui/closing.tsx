import { useState } from "preact/hooks";
import { MORE_WORDS } from "../more-words.ts";
import { Icon } from "./icons.tsx";
import { useModel } from "./model.ts";
import type { Model } from "./model.ts";

const MAX_COMMENT = 2_000;

/** In the composer's place once the conversation has ended: one question, then the way to the next one. */
export function Closing({ model, refocus }: { model: Model; refocus(): void }) {
  useModel(model);
  const words = model.words();
  const w = MORE_WORDS[model.language()];
  const { session } = model;
  const { conversation } = session.view.talk;
  const [score, setScore] = useState(0);
  const [comment, setComment] = useState("");
  const [state, setState] = useState<"asking" | "sending" | "failed">("asking");
  if (conversation === null) return null;
  const send = async (): Promise<void> => {
    setState("sending");
    const ok = await model.server.rate(await session.token(), conversation.interactionId, score, comment.trim());
    if (ok) {
      session.rated();
      refocus();
    }
    setState(ok ? "asking" : "failed");
  };
  return (
    <div class="closing">
      {session.view.talk.messages.at(-1)?.author !== "system" && <p class="line" role="status">{words.ended}</p>}
      {conversation.rated ? (
        <p class="thanks" role="status">
          <Icon name="check" size={16} /> {w.rateThanks}
        </p>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (score > 0 && state !== "sending") void send();
          }}
        >
          <fieldset>
            <legend>{w.rateTitle(conversation.agent?.name ?? null)}</legend>
            <div class="stars">
              {w.rateScores.map((label, i) => (
                <label key={label} class={i < score ? "on" : ""} title={label}>
                  <input type="radio" name="tandem-score" value={i + 1} checked={score === i + 1} onChange={() => setScore(i + 1)} aria-label={`${w.rateStars(i + 1)}, ${label}`} />
                  <Icon name="star" size={26} />
                </label>
              ))}
              <span class="score" aria-hidden="true">
                {score > 0 ? w.rateScores[score - 1] : ""}
              </span>
            </div>
          </fieldset>
          {score > 0 && (
            <>
              <textarea class="comment" rows={2} maxLength={MAX_COMMENT} placeholder={w.rateComment} aria-label={w.rateComment} value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
              {state === "failed" && (
                <p class="wrong-text" role="alert">
                  {w.rateFailed}
                </p>
              )}
            </>
          )}
          {score > 0 && (
            <button type="submit" class="primary" aria-disabled={state === "sending"}>
              {w.rateSend}
            </button>
          )}
        </form>
      )}
      <button type="button" class={conversation.rated ? "primary" : "secondary"} onClick={() => {
          session.leave();
          refocus();
        }}
      >
        {words.newConversation}
      </button>
    </div>
  );
}
