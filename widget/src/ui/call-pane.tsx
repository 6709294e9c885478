import { useEffect, useRef, useState } from "preact/hooks";
import type { CallView } from "../call.ts";
import type { Words } from "../words.ts";
import { Icon } from "./icons.tsx";
import type { Model } from "./model.ts";
import { useKeys } from "./use-keys.ts";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;

interface Props {
  model: Model;
  words: Words;
}

export function CallPane({ model, words, onMessages }: Props & { onMessages(): void }) {
  const { call } = model;
  const { view } = call;
  const w = words.call;
  const [keypad, setKeypad] = useState(true);
  const first = useRef<HTMLButtonElement>(null);
  const heading = view.phase === "microphone" || view.phase === "preparing" ? w.preparing : view.phase === "calling" ? w.calling : view.phase === "connected" ? w.inCall : w.ended;
  const box = useRef<HTMLDivElement>(null);
  const over = view.phase === "ended";
  useEffect(() => first.current?.focus(), [over]);
  useKeys(box, (event) => {
    if (view.phase === "connected" && /^[0-9*#]$/.test(event.key)) call.key(event.key);
  });
  return (
    <div class="call" ref={box} role="region" aria-label={w.title}>
      <div class="call-state">
        <span class={`call-disc ${view.phase}`}>
          <Icon name={view.phase === "ended" ? "hangUp" : view.muted ? "micOff" : "phone"} size={26} />
        </span>
        <div role="status">
          <h3>{heading}</h3>
        </div>
        {view.phase === "connected" && <Timer view={view} />}
        {view.phase === "microphone" && <p>{w.micAsk}</p>}
        {view.phase === "connected" && view.muted && <p class="muted">{w.muted}</p>}
        {view.phase === "ended" && view.error === null && <p>{lasted(view, words)}</p>}
        {view.phase === "ended" && view.error !== null && (
          <p class="wrong-text" role="alert">
            {w.errors[view.error]}
          </p>
        )}
      </div>
      {view.phase === "connected" && keypad && (
        <>
          <p class="hint">{w.inCallHint}</p>
          <div class="keypad" role="group" aria-label={w.keypad}>
            {KEYS.map((k) => (
              <button key={k} type="button" aria-label={w.key(k)} onClick={() => call.key(k)}>
                {k}
              </button>
            ))}
          </div>
        </>
      )}
      {view.phase === "ended" ? (
        <div class="row">
          <button ref={first} type="button" class="secondary" onClick={onMessages}>
            {w.back}
          </button>
          {view.error !== "insecure" && (
            <button type="button" class="primary" onClick={() => void call.start()}>
              {w.again}
            </button>
          )}
        </div>
      ) : (
        <div class="controls">
          {view.phase === "connected" && (
            <>
              <Control icon={view.muted ? "micOff" : "mic"} label={w.mute} pressed={view.muted} onPress={() => call.setMuted(!view.muted)} />
              <Control icon="keypad" label={w.keypad} pressed={keypad} onPress={() => setKeypad(!keypad)} />
              <Control icon="chat" label={w.toMessages} onPress={onMessages} />
            </>
          )}
          <button ref={first} type="button" class="control end" onClick={() => call.hangUp()}>
            <Icon name="hangUp" />
            <span>{w.hangUp}</span>
          </button>
        </div>
      )}
    </div>
  );
}

/** The call goes on while the visitor reads or writes. */
export function CallBar({ model, words, onShow }: Props & { onShow(): void }) {
  const { call } = model;
  const w = words.call;
  return (
    <div class="call-bar">
      <Icon name="phone" size={16} />
      {call.live ? (
        <button type="button" onClick={onShow}>
          {w.showCall}
        </button>
      ) : (
        <span role="status">{call.view.error === null ? `${w.ended}. ${lasted(call.view, words)}` : w.errors[call.view.error]}</span>
      )}
      {call.view.phase === "connected" && <Timer view={call.view} />}
      <span class="grow" />
      <button type="button" class="stop" onClick={() => (call.live ? call.hangUp() : call.dismiss())}>
        {call.live ? w.hangUp : w.close}
      </button>
    </div>
  );
}

function Control({ icon, label, pressed, onPress }: { icon: "mic" | "micOff" | "keypad" | "chat"; label: string; pressed?: boolean; onPress(): void }) {
  return (
    <button type="button" class="control" aria-pressed={pressed} onClick={onPress}>
      <Icon name={icon} />
      <span>{label}</span>
    </button>
  );
}

function Timer({ view }: { view: CallView }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return (
    <span class="timer" role="timer">
      {clock(now - (view.connectedAtMs ?? now))}
    </span>
  );
}

function lasted(view: CallView, words: Words): string {
  return view.connectedAtMs === null || view.endedAtMs === null ? "" : words.call.lasted(clock(view.endedAtMs - view.connectedAtMs));
}

function clock(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}
