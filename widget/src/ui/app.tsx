import { useEffect, useRef, useState } from "preact/hooks";
import { asPlainText, transcript } from "../transcript.ts";
import { WORDS } from "../words.ts";
import { CallBar, CallPane } from "./call-pane.tsx";
import { Composer } from "./composer.tsx";
import { ConfirmEnd } from "./confirm-end.tsx";
import { Header } from "./header.tsx";
import { Icon, Mark } from "./icons.tsx";
import { useModel } from "./model.ts";
import type { Model } from "./model.ts";
import { More } from "./more.tsx";
import { Thread } from "./thread.tsx";
import { useKeys } from "./use-keys.ts";

/** A blink of the network is not worth a banner. */
const OFFLINE_SHOWN_AFTER_MS = 1_500;

export function App({ model }: { model: Model }) {
  useModel(model);
  const words = WORDS[model.language()];
  const launcher = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(model.open);
  useEffect(() => {
    if (wasOpen.current && !model.open) launcher.current?.focus();
    wasOpen.current = model.open;
  }, [model.open]);
  const { unread } = model.session.view;
  return (
    <div class="tandem" lang={model.language()}>
      {model.open ? (
        <Panel model={model} />
      ) : (
        <button ref={launcher} type="button" class="launcher" onClick={() => model.setOpen(true)} aria-label={unread > 0 ? `${words.openChat}, ${words.unread(unread)}` : words.openChat}>
          <Icon name={model.call.live ? "phone" : "chat"} size={24} />
          {unread > 0 && <span class="badge">{unread > 9 ? "9+" : unread}</span>}
        </button>
      )}
      <div class="hidden" role="status">{!model.open && unread > 0 ? words.unread(unread) : ""}</div>
    </div>
  );
}

function Panel({ model }: { model: Model }) {
  const words = WORDS[model.language()];
  const { session, call } = model;
  const { view } = session;
  const { talk } = view;
  const [ending, setEnding] = useState(false);
  const [callHidden, setCallHidden] = useState(false);
  const [booking, setBooking] = useState(false);
  const panel = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const fullScreen = matchMedia("(max-width: 480px)").matches;
  // A field that has the focus raises the keys of a screen, on phones and televisions.
  const keysRise = fullScreen || model.device.kind === "tv";
  const offline = useLate(view.link === "down", OFFLINE_SHOWN_AFTER_MS);
  const closed = talk.conversation?.state === "closed" && talk.outbox.length === 0;
  const { now } = model.offer.view;
  // Where writing is replaced by other options; a conversation that is open goes on, and where nothing at all is offered the server's words answer what is written.
  const writes = talk.conversation !== null || talk.outbox.length > 0 || now === null || now.options.length === 0 || now.options.some(({ kind }) => kind === "chat");
  const showCall = call.view.phase !== "idle" && !callHidden;

  const toFocus = useRef(model.asked);
  useEffect(() => {
    if (toFocus.current) (keysRise ? panel.current : (field.current ?? panel.current))?.focus();
    toFocus.current = false;
  }, [keysRise]);
  useEffect(() => {
    if (call.view.phase === "microphone") setCallHidden(false);
  }, [call.view.phase]);

  /** After an act whose button then leaves the screen: the keyboard must not fall off the panel. On a phone, without raising its keys. */
  const refocus = (): void => {
    requestAnimationFrame(() => (keysRise ? panel.current : (field.current ?? panel.current))?.focus());
  };
  useKeys(panel, (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.stopPropagation();
      model.setOpen(false);
    } else if (event.key === "Tab" && fullScreen) keepInside(event, panel.current);
  });
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([asPlainText(transcript(talk, words), model.language())], { type: "text/plain;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = "conversation.txt";
    link.click();
    URL.revokeObjectURL(url);
  };
  const startAgain = (): void => {
    session.leave();
    void model.offer.refresh();
    refocus();
  };
  const closeForm = (): void => {
    setBooking(false);
    refocus();
  };
  const waiting = talk.outbox.filter((o) => o.refused === null).length;
  return (
    <div ref={panel} class="panel" role="dialog" aria-modal={fullScreen} aria-label={words.dialogName(model.title())} tabIndex={-1}>
      <Header model={model} words={words} onEnd={() => setEnding(true)} onSave={save} onNew={startAgain} />
      {call.view.phase !== "idle" && callHidden && <CallBar model={model} words={words} onShow={() => setCallHidden(false)} />}
      {showCall ? (
        <CallPane
          model={model}
          words={words}
          onMessages={() => {
            if (call.live) setCallHidden(true);
            else call.dismiss();
            refocus();
          }}
        />
      ) : booking ? (
        <More
          model={model}
          words={words}
          what="form"
          go={closeForm}
          onFail={closeForm}
        />
      ) : (
        <>
          {offline && (
            <div class="offline" role="status">
              <Icon name="offline" size={16} />
              <span>{words.offline(waiting)}</span>
            </div>
          )}
          <Thread model={model} words={words} refocus={refocus} onBook={() => setBooking(true)} />
          {closed ? <More key={talk.interactionId} model={model} words={words} what="closing" go={refocus} onFail={startAgain} failed={words.newConversation} /> : writes ? <Composer model={model} words={words} field={field} refocus={refocus} /> : null}
        </>
      )}
      <p class="powered">
        {words.poweredBy} <Mark /> <b>Tandem</b>
      </p>
      {ending && talk.conversation !== null && (
        <ConfirmEnd
          words={words}
          name={talk.conversation.agent?.name ?? null}
          onEnd={() => session.end()}
          onClose={() => {
            setEnding(false);
            refocus();
          }}
        />
      )}
    </div>
  );
}

/** True once `value` has been true for that long; false at once. */
function useLate(value: boolean, ms: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!value) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return late && value;
}

function keepInside(event: KeyboardEvent, panel: HTMLElement | null): void {
  const stops = [...(panel?.querySelectorAll<HTMLElement>("button:not(:disabled), textarea, input, a[href]") ?? [])].filter((e) => e.offsetParent !== null);
  const root = panel?.getRootNode();
  const at = root instanceof ShadowRoot ? root.activeElement : null;
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (at === edge || at === panel) {
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
  }
}
