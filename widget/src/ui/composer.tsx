import { useLayoutEffect, useState } from "preact/hooks";
import type { RefObject } from "preact";
import type { Words } from "../words.ts";
import { Icon } from "./icons.tsx";
import type { Model } from "./model.ts";

/** The wire's limit of one message. */
const MAX_CHARS = 4_000;

/** What was typed and not sent outlives the panel, not the page. */
let draft = "";

export function Composer({ model, words, field, refocus }: { model: Model; words: Words; field: RefObject<HTMLTextAreaElement>; refocus(): void }) {
  const [text, setText] = useState(draft);
  const { session } = model;
  const { talk } = session.view;
  const over = text.length - MAX_CHARS;
  const ready = text.trim() !== "" && over <= 0;
  const state = talk.conversation?.state ?? null;
  const person = state === "flow" || (state === null && talk.outbox.length > 0);

  useLayoutEffect(() => {
    const el = field.current;
    if (el === null) return;
    el.style.height = "0";
    el.style.height = `${Math.min(el.scrollHeight, 126)}px`;
  }, [text, field]);

  const change = (value: string): void => {
    draft = value;
    setText(value);
  };
  const submit = (): void => {
    if (!ready) return;
    session.send(text);
    change("");
    field.current?.focus();
  };
  const placeholder = state === null ? words.placeholderNew : words.placeholder;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {person && (
        <button
          type="button"
          class="person"
          onClick={() => {
            session.send(words.speakToPersonText);
            refocus();
          }}
        >
          <Icon name="person" size={16} />
          {words.speakToPerson}
        </button>
      )}
      {over > 0 && (
        <p class="over" role="status">
          {words.tooLong(over)}
        </p>
      )}
      <div class={over > 0 ? "field wrong" : "field"}>
        <textarea
          ref={field}
          rows={1}
          value={text}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-invalid={over > 0}
          onInput={(event) => {
            change(event.currentTarget.value);
            if (event.currentTarget.value !== "") session.typing();
          }}
          onKeyDown={(event) => {
            // Enter that ends an input method's composition (Japanese, accents) must not send.
            if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
              event.preventDefault();
              submit();
            }
          }}
        />
        <button type="submit" class="send" aria-label={words.send} title={words.send} aria-disabled={!ready}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
