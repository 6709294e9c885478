/** Where a trunk is, as URIs and as sockets write it: an IPv6 address has brackets in the one only (RFC 3261 25.1). */
import type { Trunk } from "@tandem/protocol";
import type { SipVia } from "../sip/sip.ts";

/** The host part of From, To and the Request-URI. */
export function domainOf({ domain, host }: Pick<Trunk, "domain" | "host">): string {
  const name = domain || host;
  return name.includes(":") && !name.startsWith("[") ? `[${name}]` : name;
}

export function viaOf({ transport, host, port }: Pick<Trunk, "transport" | "host" | "port">): SipVia {
  return { transport, host: host.replace(/^\[|\]$/g, ""), port };
}
