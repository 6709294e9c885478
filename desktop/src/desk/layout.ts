/** Which conversations stand side by side. Pure. */
import type { InteractionView } from "@tandem/protocol";

/** Room for two conversations, or one at a time. */
export type Room = "two" | "one";

/**
 * The call, when there is one, stands left; beside it the chat focused last. Without a call, two chats: the focused one and
 * the one before it, in the worklist's order, so that moving between them moves nothing on screen.
 */
export function panes(mine: readonly InteractionView[], focusedId: string | null, recent: readonly string[], room: Room): InteractionView[] {
  const focused = mine.find((i) => i.id === focusedId) ?? mine[0];
  if (focused === undefined) return [];
  if (room === "one") return [focused];
  const call = mine.find((i) => i.medium === "voice");
  // Those worked in, latest first; then those who wait for an answer; then the others.
  const waits = (i: InteractionView): boolean => i.lastMessage?.author === "customer";
  const rank = (i: InteractionView): number => (recent.includes(i.id) ? recent.indexOf(i.id) : recent.length + mine.indexOf(i) + (waits(i) ? 0 : mine.length));
  const written = mine.filter((i) => i.medium !== "voice").toSorted((a, b) => rank(a) - rank(b));
  if (call !== undefined) {
    const beside = focused.id === call.id ? written[0] : focused;
    return beside === undefined ? [call] : [call, beside];
  }
  const other = written.find((i) => i.id !== focused.id);
  return other === undefined ? [focused] : [focused, other].toSorted((a, b) => mine.indexOf(a) - mine.indexOf(b));
}

/** In the order in which they came to me; those not yet in `order` last, the earliest first. */
export function inOrder(mine: readonly InteractionView[], order: readonly string[]): InteractionView[] {
  const cameAtMs = (i: InteractionView): number => i.offer?.sinceMs ?? i.connectedAtMs ?? i.createdAtMs;
  const place = (i: InteractionView): number => (order.includes(i.id) ? order.indexOf(i.id) : order.length);
  return mine.toSorted((a, b) => place(a) - place(b) || cameAtMs(a) - cameAtMs(b));
}

/** Which conversation takes the focus when the focused one is gone: the call, else the latest used, else the first. */
export function nextFocus(mine: readonly InteractionView[], recent: readonly string[]): string | null {
  const call = mine.find((i) => i.medium === "voice" && i.state !== "offered");
  if (call !== undefined) return call.id;
  const used = recent.find((id) => mine.some((i) => i.id === id));
  return used ?? mine.find((i) => i.state !== "offered")?.id ?? mine[0]?.id ?? null;
}

/** What Alt A takes: a ringing call before a written offer, the oldest first. */
export function currentOffer(mine: readonly InteractionView[]): InteractionView | null {
  const offers = mine.filter((i) => i.state === "offered").toSorted((a, b) => (a.offer?.sinceMs ?? 0) - (b.offer?.sinceMs ?? 0));
  return offers.find((i) => i.medium === "voice") ?? offers[0] ?? null;
}
