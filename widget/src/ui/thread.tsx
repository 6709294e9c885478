import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Conversation } from "@tandem/protocol";
import { linked, openChoices, transcript } from "../transcript.ts";
import type { Bubble, Item } from "../transcript.ts";
import { waitText } from "../words.ts";
import type { Lang, Words } from "../words.ts";
import { Icon } from "./icons.tsx";
import type { Model } from "./model.ts";
import { More } from "./more.tsx";
import { Deflected, Offers } from "./offers.tsx";
import { clockText, dayText } from "./times.ts";

/** Nearer than this to the end counts as reading the end. */
const NEAR_END_PX = 60;
const PAUSE_MS = 2 * 60_000;

export function Thread({ model, words, refocus, onBook }: { model: Model; words: Words; refocus(): void; onBook(): void }) {
  const { session } = model;
  const { view } = session;
  const { talk } = view;
  const lang = model.language();
  const items = useMemo(() => transcript(talk, words), [talk, words]);
  const choices = openChoices(talk);
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  /** Of the thread, when it was looked at last. */
  const height = useRef(0);
  const [below, setBelow] = useState(false);
  const newest = talk.messages.at(-1)?.seq ?? 0;

  const latest = useRef(newest);
  latest.current = newest;
  // A greeting longer than the panel is read from its beginning.
  const talking = useRef(false);
  talking.current = items.length > 0;

  const settle = useCallback((): void => {
    const el = box.current;
    if (el === null) return;
    // A scroll of ours is told after the rating form has made the thread shorter, and before the observer: that is nobody scrolling away.
    if (atEnd.current && talking.current && el.clientHeight < height.current) el.scrollTop = el.scrollHeight;
    height.current = el.clientHeight;
    atEnd.current = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_END_PX;
    if (atEnd.current) setBelow(false);
    if (atEnd.current && document.visibilityState === "visible") session.seen(latest.current);
  }, [session]);
  const toEnd = useCallback((): void => {
    if (box.current !== null && talking.current) box.current.scrollTop = box.current.scrollHeight;
    settle();
  }, [settle]);
  const { length: unsent } = talk.outbox;
  useLayoutEffect(() => {
    if (atEnd.current || unsent > 0) toEnd();
    else setBelow(true);
  }, [toEnd, newest, unsent]);
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
  }, [toEnd, view.agentTyping, talk.conversation?.state, choices.length]);
  useEffect(() => {
    const el = box.current;
    if (el === null) return;
    // The on-screen keyboard or the rating form makes the thread shorter: what was at the end stays at the end.
    const observer = new ResizeObserver(() => atEnd.current && toEnd());
    observer.observe(el);
    document.addEventListener("visibilitychange", settle);
    return () => {
      observer.disconnect();
      document.removeEventListener("visibilitychange", settle);
    };
  }, [settle, toEnd]);

  const empty = items.length === 0;
  return (
    <div class="thread-box">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <div class="thread" ref={box} onScroll={settle} tabIndex={0} role="region" aria-label={words.messages}>
        {empty && <Greeting model={model} words={words} onBook={onBook} />}
        <div role="log" aria-live="polite" aria-label={words.messages} class="log">
          {items.map((item, i) => (
            <Row key={item.key} item={item} words={words} lang={lang} model={model} timed={timed(items, i)} last={!items.slice(i + 1).some((next) => next.kind === "group")} />
          ))}
          {choices.length > 0 && (
            <div class="choices" role="group" aria-label={words.choices}>
              {choices.map((c) => (
                <button
                  key={c.key}
                  type="button"
                  onClick={() => {
                    session.send(c.label);
                    refocus();
                  }}
                >
                  {c.label}
                </button>
              ))}
            </div>
          )}
          {talk.conversation?.state === "queued" && <Waiting conversation={talk.conversation} words={words} />}
          {view.agentTyping && <Typing text={words.typing(talk.conversation?.agent?.name ?? words.assistant)} />}
        </div>
      </div>
      {below && (
        <button type="button" class="below" onClick={toEnd}>
          {words.newMessages} <Icon name="chevron" size={14} />
        </button>
      )}
    </div>
  );
}

function Row({ item, words, lang, model, timed, last }: { item: Item; words: Words; lang: Lang; model: Model; timed: boolean; last: boolean }) {
  if (item.kind === "day") return <p class="line day">{`${dayText(item.atMs, lang)} ${clockText(item.atMs, lang)}`}</p>;
  if (item.kind === "system") return <p class="line">{item.text}</p>;
  const end = item.bubbles.at(-1)!;
  return (
    <div class={`group ${item.side}`}>
      <p class={item.side === "mine" ? "hidden" : "name"}>{item.name}</p>
      {item.bubbles.map((b) => (
        <BubbleView key={b.key} bubble={b} words={words} model={model} />
      ))}
      {(timed || last || end.state === "sending") && (
        <p class="meta">
          <Mark bubble={end} words={words} last={last} up={model.session.view.link === "up"} />
          <time dateTime={new Date(end.atMs).toISOString()}>{clockText(end.atMs, lang)}</time>
        </p>
      )}
    </div>
  );
}

/** A time under a group only where the conversation then paused: else the next group's says enough. */
function timed(items: readonly Item[], i: number): boolean {
  const item = items[i]!;
  const next = items.slice(i + 1).find((other) => other.kind === "group");
  return item.kind === "group" && (next === undefined || next.bubbles[0]!.atMs - item.bubbles.at(-1)!.atMs > PAUSE_MS);
}

function Mark({ bubble, words, last, up }: { bubble: Bubble; words: Words; last: boolean; up: boolean }) {
  if (bubble.state === "sending") {
    return (
      <>
        <Icon name="clock" size={12} /> {up ? words.sending : words.waitingToSend} ·
      </>
    );
  }
  if (bubble.state === "read" && last) return <>{words.read} ·</>;
  if (bubble.state === "sent" && last) return <>{words.sent} ·</>;
  return null;
}

function BubbleView({ bubble, words, model }: { bubble: Bubble; words: Words; model: Model }) {
  const { clientId } = bubble;
  return (
    <>
      <div class={`bubble ${bubble.state}`}>
        {linked(bubble.text).map((part, i) =>
          part.href === null ? (
            part.text
          ) : (
            <a key={i} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
              {part.text}
            </a>
          ),
        )}
      </div>
      {bubble.state === "refused" && clientId !== null && (
        <p class="refusal">
          <Icon name="alert" size={14} /> {words.notSent}
          <button type="button" onClick={() => model.session.retry(clientId)}>{words.retry}</button>
          <button type="button" onClick={() => model.session.discard(clientId)}>{words.discard}</button>
        </p>
      )}
    </>
  );
}

function Greeting({ model, words, onBook }: { model: Model; words: Words; onBook(): void }) {
  const { view } = model.session;
  const { now } = model.offer.view;
  return (
    <div class="greeting">
      {model.offer.view.promise !== null && <More model={model} words={words} what="promised" go={onBook} />}
      {now !== null && now.why !== null ? (
        <Deflected model={model} />
      ) : (
        <>
          <h3>{words.greetTitle}</h3>
          <p>{view.welcomed && !view.agentsOnline ? words.greetAway : words.greetBody}</p>
        </>
      )}
      {!view.welcomed && view.link === "connecting" && (
        <p class="line" role="status">
          {words.connecting}
        </p>
      )}
      <Offers model={model} words={words} onBook={onBook} />
    </div>
  );
}

function Waiting({ conversation, words }: { conversation: Conversation; words: Words }) {
  const place = conversation.position;
  return (
    <div class="waiting">
      <b>{place === null ? words.queueUnknown : place.position <= 1 ? words.queueAlone : words.queueAt(place.position, Math.max(place.of, place.position))}</b>
      <p>{waitText(words, place?.estimatedWaitMs ?? null)}</p>
      <p class="soft">{words.waitStay}</p>
    </div>
  );
}

function Typing({ text }: { text: string }) {
  return (
    <div class="group agent">
      <div class="bubble dots">
        <span class="hidden">{text}</span>
        <i />
        <i />
        <i />
      </div>
    </div>
  );
}
