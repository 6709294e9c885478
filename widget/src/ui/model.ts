import { useLayoutEffect, useReducer } from "preact/hooks";
import type { CallbackOffer, CustomerCallback } from "@tandem/protocol/callback";
import type { Call } from "../call.ts";
import type { Device } from "../device.ts";
import type { Offer, Wanted } from "../offer.ts";
import type { Server } from "../server.ts";
import type { Session } from "../session.ts";
import type { Store } from "../store.ts";
import type { Lang, Words } from "../words.ts";

/** What a promised call is drawn from: in the panel of a page, or on the page of its link. */
export interface PromiseModel {
  readonly offer: {
    readonly view: { readonly promise: CustomerCallback | null };
    readonly bookable: { offer: CallbackOffer } | null;
    readonly confirmsByMail: boolean;
    /** The page of the promise; null = one is on it. */
    readonly link: string | null;
    book(wanted: Wanted): Promise<string | null>;
    cancel(): Promise<string | null>;
  };
  language(): Lang;
  subscribe(listener: () => void): () => void;
}

/** What the screen stands on: one object for the page's life; components draw again on every notice. */
export interface Model {
  readonly host: HTMLElement;
  readonly session: Session;
  readonly call: Call;
  readonly server: Server;
  readonly store: Store;
  readonly device: Device;
  readonly offer: Offer;
  /** An ordinary call can be made now. */
  readonly callOffered: boolean;
  /** Why the page asks for the position; null = it does not. */
  positionReason(): string | null;
  /** The chunk apart. */
  loadMore(): Promise<typeof import("../more-chunk.tsx")>;
  /** `voicemail`: to leave a message only. */
  startCall(chosen?: "voicemail"): void;
  language(): Lang;
  words(): Words;
  title(): string;
  readonly open: boolean;
  /** `kept`: reopened by itself, since it was open on the page before. */
  setOpen(open: boolean, kept?: boolean): void;
  /** The visitor asked for the panel: the keyboard goes there; a panel reopened by itself never takes it. */
  readonly asked: boolean;
  subscribe(listener: () => void): () => void;
}

export function useModel(model: Pick<Model, "subscribe">): void {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  // Before anything else may run: a notice between the first drawing and the subscription would be lost.
  useLayoutEffect(() => model.subscribe(() => draw(undefined)), [model]);
}
