import type { FastifyRequest } from "fastify";

/**
 * The address under which another device reaches this server, without a slash at its end: as the administrator's own browser reached it,
 * unless that is this machine alone, of which a telephone knows nothing; then `outside`, where phones are told to register.
 */
export function baseUrl(request: FastifyRequest, { secure, outside }: { secure: boolean; outside: string }): string {
  const local = isLoopback((request.socket.remoteAddress ?? "").replace(/^::ffff:/, ""));
  // Only a proxy on this machine may say so: anybody else would be writing our addresses.
  const https = secure || (local && request.headers["x-forwarded-proto"] === "https");
  const scheme = https ? "https" : "http";
  // A browser always names a host; what else a program writes there is not ours to repeat.
  const named = `${scheme}://${request.headers.host ?? ""}`;
  const url = new URL(URL.canParse(named) ? named : `${scheme}://${outside.includes(":") ? `[${outside}]` : outside}`);
  if (isLoopback(url.hostname) && !isLoopback(outside)) url.hostname = outside.includes(":") ? `[${outside}]` : outside;
  return url.origin;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || host === "::1" || host.startsWith("127.");
}
