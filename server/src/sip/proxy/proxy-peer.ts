import { RawBench, write, type RawPeer, type Written } from "../raw-peer.ts";
import type { SipEffect } from "../contract.ts";
import type { RouteDecision, RouteQuestion, SipCoreSettings } from "../settings.ts";

/** For tests: what left the proxy, with where it went. */
export interface Sent {
  /** "transport:address:port" */
  to: string;
  text: string;
  /** Start line. */
  line: string;
}

export function bench(route: (question: RouteQuestion) => RouteDecision, settings: Partial<SipCoreSettings> = {}): RawBench {
  return new RawBench({ route, ...settings });
}

export function sent(from: RawBench, effects: readonly SipEffect[]): Sent[] {
  return effects.flatMap((effect) => {
    if (effect.do === "tell") from.events.push(effect.event);
    if (effect.do !== "send" && effect.do !== "sendTo") return [];
    const text = Buffer.from(effect.bytes).toString("latin1");
    const to = effect.do === "send" ? `${effect.flow.transport}:${effect.flow.remoteAddress}:${effect.flow.remotePort}` : `${effect.transport}:${effect.host}:${effect.port}`;
    return [{ to, text, line: text.slice(0, text.indexOf("\r\n")) }];
  });
}

/** Sends as that peer; returns what leaves the proxy at once, with its destinations. */
export function send(peer: RawPeer, written: Written | string): Sent[] {
  const text = typeof written === "string" ? written : write(peer.flow, written);
  return sent(peer.bench, peer.bench.core.receive(Buffer.from(text, "latin1"), peer.flow, peer.bench.nowMs));
}

/** A header's values, in order, one a line. */
export function all(text: string | undefined, name: string): string[] {
  return [...(text ?? "").matchAll(new RegExp(`^${name}: (.*)\\r$`, "gm"))].map((match) => match[1]!);
}

/** What a server answers to a request that the proxy sent it: its Vias and Record-Routes copied. */
export function reply(request: string | undefined, line: string, tag: string, more: readonly string[] = [], body = ""): string {
  const copied = ["Via", "Record-Route", "From"].flatMap((name) => all(request, name).map((value) => `${name}: ${value}`));
  const to = all(request, "To")[0] ?? "";
  return [
    `SIP/2.0 ${line}`, ...copied, `To: ${to}${to.includes(";tag=") || tag === "" ? "" : `;tag=${tag}`}`, `Call-ID: ${all(request, "Call-ID")[0]}`,
    `CSeq: ${all(request, "CSeq")[0]}`, ...more, `Content-Length: ${body.length}`, "", body,
  ].join("\r\n");
}
