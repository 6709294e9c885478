import type { Flow, NetTransport } from "../../sip/sip.ts";

/** Who texts us, by which way. */
export interface Sender {
  /** An account of ours, authenticated; null = somebody outside. */
  account: string | null;
  /** The number, or user@host. */
  address: string;
  name: string;
  /** Their URI, for answers to somebody outside. */
  uri: string;
  flow: Flow;
}

/** Where our answers go: an account at its contacts, somebody outside by the way they wrote, or (after a restart) to where that way came from. */
export type TextTarget = { account: string } | { uri: string; flow: Flow } | { uri: string; at: { transport: NetTransport; host: string; port: number } };

export function targetOf({ account, uri, flow }: Sender): TextTarget {
  return account === null ? { uri, flow } : { account };
}

/** What the interaction keeps, so that answers find their way after a restart. */
export function contextOf({ account, uri, flow }: Sender): Record<string, string> {
  return account === null
    ? { "sip.uri": uri, "sip.transport": flow.transport, "sip.address": flow.remoteAddress, "sip.port": String(flow.remotePort) }
    : { "sip.account": account };
}

/** The other way round. A WebSocket does not come back: its answers fail, and say so. */
export function keptTarget(context: Readonly<Record<string, string>>): TextTarget {
  const account = context["sip.account"];
  if (account !== undefined) return { account };
  const transport = context["sip.transport"];
  const host = context["sip.address"] ?? "";
  return { uri: context["sip.uri"] ?? "", at: { transport: transport === "tcp" || transport === "tls" ? transport : "udp", host, port: Number(context["sip.port"] ?? 0) } };
}
