/** The fixture's options, slots and promised calls; the wire's own schemas check what the widget asks. */
import { randomBytes } from "node:crypto";
import { MoveCallback, WidgetCallback } from "@tandem/protocol/callback";
import type { CallbackOffer, CustomerCallback } from "@tandem/protocol/callback";
import { WidgetOptions } from "@tandem/protocol/hours";
import type { Slot } from "@tandem/protocol/hours";

export interface OfferFixture {
  /** What GET options answers; null = it fails. */
  options: WidgetOptions | null;
  /** The queries it was asked with. */
  asked: URLSearchParams[];
  callbacks: CallbackOffer;
  promised: Map<string, CustomerCallback>;
  wanted: WidgetCallback[];
  /** The next promise asked for is refused with this code. */
  refuse: string | null;
  /** Every promise fails meanwhile. */
  outage: boolean;
}

export const usual: WidgetOptions = { why: null, nextOpenMs: null, queueId: "conseil", options: [{ kind: "call" }, { kind: "chat" }] };

/** Half hours of the next two days that come, from nine. */
export function slotsFrom(nowMs: number, days = 2, perDay = 6): Slot[] {
  return Array.from({ length: days * perDay }, (_, i) => {
    const day = new Date(nowMs);
    day.setDate(day.getDate() + 1 + Math.floor(i / perDay));
    const startMs = day.setHours(9, (i % perDay) * 30, 0, 0);
    return { startMs, endMs: startMs + 30 * 60_000 };
  });
}

export const newOffer = (nowMs: number): OfferFixture => ({ options: usual, asked: [], callbacks: { slots: slotsFrom(nowMs), inOrder: { position: 2, estimatedWaitMs: 240_000 } }, promised: new Map(), wanted: [], refuse: null, outage: false });

/** Null = not a path of ours. */
export function answerOffer(offer: OfferFixture, method: string, url: URL, body: unknown): { status: number; body: unknown } | null {
  const { pathname } = url;
  if (pathname === "/api/widget/options") {
    offer.asked.push(url.searchParams);
    return offer.options === null ? { status: 503, body: { code: "failed" } } : { status: 200, body: WidgetOptions.parse(offer.options) };
  }
  if (pathname === "/api/widget/callbacks/slots") return { status: 200, body: offer.callbacks };
  if (pathname === "/api/widget/callbacks" && method === "POST") {
    const wanted = WidgetCallback.parse(body);
    offer.wanted.push(wanted);
    const { refuse } = offer;
    offer.refuse = null;
    if (refuse !== null) return { status: 409, body: { code: refuse, why: refuse } };
    const token = randomBytes(16).toString("hex");
    const callback: CustomerCallback = { state: "waiting", number: wanted.number, centreName: "Halo", queueName: "Conseil", slot: wanted.slot, dueMs: wanted.slot?.endMs ?? null, position: wanted.slot === null ? 2 : null, language: wanted.language, ...offer.callbacks, timeZone: "Europe/Paris" };
    offer.promised.set(token, callback);
    return { status: 200, body: { token, callback } };
  }
  const token = /^\/api\/widget\/callbacks\/(\w{10,})$/.exec(pathname)?.[1];
  if (token === undefined) return null;
  if (offer.outage) return { status: 503, body: { code: "not-stored" } };
  const found = offer.promised.get(token);
  if (found === undefined) return { status: 404, body: { code: "not-found" } };
  if (method === "POST") {
    const moved = MoveCallback.safeParse(body);
    offer.promised.set(token, moved.success ? { ...found, slot: moved.data.slot } : { ...found, state: "cancelled" });
  }
  return { status: 200, body: offer.promised.get(token) };
}
