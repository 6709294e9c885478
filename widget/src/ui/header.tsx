import { useEffect, useRef, useState } from "preact/hooks";
import { closedFor } from "../offer-words.ts";
import type { Words } from "../words.ts";
import { Icon } from "./icons.tsx";
import type { IconName } from "./icons.tsx";
import type { Model } from "./model.ts";
import { useKeys } from "./use-keys.ts";

export function Header({ model, words, onEnd, onSave, onNew }: { model: Model; words: Words; onEnd(): void; onSave(): void; onNew(): void }) {
  const { view } = model.session;
  const { conversation } = view.talk;
  const state = conversation?.state ?? null;
  const away = !view.agentsOnline || (model.offer.view.now !== null && model.offer.view.now.why !== null && closedFor(model.offer.view.now.why));
  const agent = state === "connected" || state === "closed" ? (conversation?.agent?.name ?? null) : null;
  const title = agent ?? model.title();
  const subtitle =
    state === "connected" ? words.adviserOnline
    : state === "closed" ? words.endedTitle
    : state === "queued" ? words.waitingTitle
    : state === "flow" ? words.assistantRole
    : !view.welcomed ? "\u00a0"
    : away ? words.away : words.online;
  const present = state === "connected" || (state === null && view.welcomed && !away);
  const entries: { icon: IconName; label: string; act(): void }[] = [];
  if (view.talk.messages.length > 0) entries.push({ icon: "save", label: words.saveMenu, act: onSave });
  if (state === "closed") entries.push({ icon: "plus", label: words.newConversation, act: onNew });
  else if (state !== null) entries.push({ icon: "check", label: words.endMenu, act: onEnd });
  return (
    <div class="header">
      <div class="avatar" aria-hidden="true">
        {initials(title)}
        {present && <i class="present" />}
      </div>
      <div class="who">
        <h2>{title}</h2>
        <p>{subtitle}</p>
      </div>
      {model.callOffered && !model.call.live && (
        <button type="button" class="tool" aria-label={words.callUs} title={words.callUs} onClick={() => model.startCall()}>
          <Icon name="phone" />
        </button>
      )}
      {entries.length > 0 && <Menu label={words.menu} entries={entries} />}
      <button type="button" class="tool" aria-label={words.closeChat} title={words.closeChat} onClick={() => model.setOpen(false)}>
        <Icon name="chevron" size={20} />
      </button>
    </div>
  );
}

function Menu({ label, entries }: { label: string; entries: readonly { icon: IconName; label: string; act(): void }[] }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const items = (): HTMLButtonElement[] => [...(box.current?.querySelectorAll<HTMLButtonElement>("[role=menuitem]") ?? [])];
  useEffect(() => {
    if (!open) return;
    items()[0]?.focus();
    const root = box.current?.getRootNode();
    const away = (event: Event): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) === false) setOpen(false);
    };
    root?.addEventListener("pointerdown", away);
    return () => root?.removeEventListener("pointerdown", away);
  }, [open]);
  useKeys(box, (event) => {
    if (!open) return;
    const all = items();
    const at = all.findIndex((i) => i.matches(":focus"));
    if (event.key === "ArrowDown") all[(at + 1) % all.length]?.focus();
    else if (event.key === "ArrowUp") all[(at - 1 + all.length) % all.length]?.focus();
    else if (event.key === "Escape") {
      setOpen(false);
      button.current?.focus();
    } else if (event.key === "Tab") {
      setOpen(false);
      return;
    } else return;
    event.preventDefault();
  });
  return (
    <div class="menu-box" ref={box}>
      <button ref={button} type="button" class="tool" aria-label={label} title={label} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="more" />
      </button>
      {open && (
        <div class="menu" role="menu" aria-label={label}>
          {entries.map((entry) => (
            <button
              key={entry.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                setOpen(false);
                button.current?.focus();
                entry.act();
              }}
            >
              <Icon name={entry.icon} size={16} />
              {entry.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function initials(name: string): string {
  const parts = name.split(/[\s&]+/).filter((p) => /^\p{L}/u.test(p));
  return ((parts[0]?.[0] ?? "") + (parts.length > 1 ? (parts.at(-1)?.[0] ?? "") : "")).toUpperCase();
}
