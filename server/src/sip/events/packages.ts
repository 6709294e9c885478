import type { SipMessage } from "../message.ts";

/** What we notify of: the packages that have documents made by the rooms above, and "reg", which is ours. */
export type PackageName = "presence" | "dialog" | "message-summary" | "reg";

export interface EventPackage {
  name: PackageName;
  contentType: string;
  /** When the subscriber names no time; seconds. */
  defaultExpiresS: number;
  /** Least time between two NOTIFYs of one subscription: changes that follow each other sooner are told as one. */
  paceMs: number;
}

const PACKAGES: Readonly<Record<PackageName, EventPackage>> = {
  presence: { name: "presence", contentType: "application/pidf+xml", defaultExpiresS: 3_600, paceMs: 500 },
  // a lamp shall follow a call that rings for a second; five a second is more than an eye sees
  dialog: { name: "dialog", contentType: "application/dialog-info+xml", defaultExpiresS: 3_600, paceMs: 200 },
  "message-summary": { name: "message-summary", contentType: "application/simple-message-summary", defaultExpiresS: 3_600, paceMs: 500 },
  reg: { name: "reg", contentType: "application/reginfo+xml", defaultExpiresS: 3_761, paceMs: 500 },
};

/** RFC 6665 8.2.2: in every 489, and where we tell what we can. */
export const allowEvents = "presence, dialog, message-summary, reg, refer";

/** Bounds of what a subscriber may ask for (RFC 6665 4.2.1.1: shorter is a 423, longer is cut). Attack: a subscription a second. */
export const minSubscriptionS = 60;
export const maxSubscriptionS = 86_400;

/** The Event header: the package and what makes two subscriptions of one dialog differ. Null when there is not exactly one or we do not have the package. */
export function readEvent(request: SipMessage): { of: EventPackage; id: string | null; text: string } | null {
  const lines = request.lines("event");
  const match = lines.length === 1 ? /^([a-z-]{1,32})((?:\s*;\s*[^\s;]{1,100}){0,4})$/i.exec(lines[0]!.trim()) : null;
  if (!match) return null;
  const name = match[1]!.toLowerCase();
  if (!Object.hasOwn(PACKAGES, name)) return null;
  const id = /;\s*id=([^\s;]+)/i.exec(match[2]!)?.[1] ?? null;
  return { of: PACKAGES[name as PackageName], id, text: `${name}${match[2]!.replace(/\s+/g, "")}` };
}

/** RFC 6665 4.1.2.1: without Accept the package's own type; else that type must be in it. */
export function accepts(request: SipMessage, type: string): boolean {
  if (request.header("accept") === null) return true;
  return request.list("accept").some((value) => {
    const one = value.split(";")[0]!.trim().toLowerCase();
    return one === type || one === "*/*" || one === "application/*";
  });
}
