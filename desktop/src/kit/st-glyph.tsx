import type { SystemState, Wish } from "@tandem/protocol";
import type { ReactNode } from "react";
import type { Key } from "../i18n/i18n.ts";

/** What an agent shows: the system's state when it has one, else the wish. */
export type ShownState = Exclude<SystemState, "idle"> | Wish;

export function shownState(agent: { wish: Wish; system: SystemState }): ShownState {
  return agent.system === "idle" ? agent.wish : agent.system;
}

/** The catalogue's word of a shown state. */
export function stateWord(state: ShownState): Key {
  switch (state) {
    case "ringing":
    case "on-contact":
    case "hold":
    case "wrap-up":
    case "missed":
    case "unresponsive":
      return `everywhere.state.${state}`;
    default:
      return `everywhere.wish.${state}`;
  }
}

/** Shape and colour of a state: never colour alone. Decoration beside its word. */
export function StGlyph({ state, size = 12 }: { state: ShownState; size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" aria-hidden className="shrink-0">
      {shapes[state]}
    </svg>
  );
}

const bubble = "M6 .8a5.2 5.2 0 1 1-2.5 9.76L.9 11.1l.56-2.5A5.2 5.2 0 0 1 6 .8Z";
const bars = <path d="M1.6 1.2h3v9.6h-3zM7.4 1.2h3v9.6h-3z" fill="var(--amber)" />;
const diamond = <path d="M6 .3 11.7 6 6 11.7.3 6Z" fill="var(--plum)" />;
const pencil = <path d="M8.6.7a1.3 1.3 0 0 1 1.84 0l.86.86a1.3 1.3 0 0 1 0 1.84L4.3 10.4.6 11.4l1-3.7Z" fill="var(--sky)" />;
const warning = (
  <>
    <path d="M6 .6a.9.9 0 0 1 .8.46l5 9a.9.9 0 0 1-.8 1.34H1a.9.9 0 0 1-.8-1.34l5-9A.9.9 0 0 1 6 .6Z" fill="var(--alert)" />
    <path d="M6 4.1v3.2M6 9v.5" stroke="var(--on-alert)" strokeWidth="1.3" strokeLinecap="round" />
  </>
);

const shapes: Record<ShownState, ReactNode> = {
  available: <circle cx="6" cy="6" r="5" fill="var(--jade)" />,
  ringing: (
    <>
      <circle cx="6" cy="6" r="4.9" fill="none" stroke="var(--jade)" strokeWidth="1.5" />
      <circle cx="6" cy="6" r="2.4" fill="var(--jade)" />
    </>
  ),
  "on-contact": <path d={bubble} fill="var(--acc)" />,
  hold: (
    <>
      <path d={bubble} fill="var(--acc)" />
      <path d="M4.5 4v4M7.5 4v4" stroke="var(--on-acc)" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
  "wrap-up": pencil,
  "back-office": pencil,
  break: bars,
  meal: bars,
  training: diamond,
  meeting: diamond,
  missed: warning,
  unresponsive: warning,
  offline: <circle cx="6" cy="6" r="4.4" fill="none" stroke="var(--off)" strokeWidth="1.6" />,
};
