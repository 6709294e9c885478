import { X509Certificate } from "node:crypto";
import { firstAddress, isWildcard } from "./own-address.ts";

/** What a telephone is told besides its account. */
export interface PhoneLine {
  domain: string;
  host: string;
  port: number;
  transport: "tcp" | "tls";
}

export interface PhoneLineParts {
  domain: string;
  /** The address that telephones are told, without a name. */
  host: string;
  /** 0 = that transport is not served. */
  ports: { tcp: number; tls: number };
  /** PEM of the certificate in force, the server's first. */
  certificate: string | null;
}

/**
 * TLS for who reached us by a name that our certificate bears, given by an authority: a telephone will believe it. A certificate of our
 * own would be refused without a word, so others get TCP (which, unlike UDP, a mobile network's NAT keeps open).
 */
export function phoneLine({ domain, host, ports, certificate }: PhoneLineParts, reachedAs: string | null): PhoneLine {
  if (reachedAs !== null && ports.tls !== 0 && certificate !== null && isBelieved(certificate, reachedAs)) return { domain, host: reachedAs, port: ports.tls, transport: "tls" };
  return { domain, host, port: ports.tcp, transport: "tcp" };
}

function isBelieved(certificate: string, name: string): boolean {
  const read = new X509Certificate(certificate);
  return !read.checkIssued(read) && read.checkHost(name, { subject: "never" }) !== undefined;
}

/** The address that telephones are told to register at. */
export function hostForPhones({ host, advertisedHost }: { host: string; advertisedHost: string | null }, nowMs: number): string {
  return advertisedHost ?? (isWildcard(host) ? (firstAddress(host === "::" ? 6 : 4, nowMs) ?? "127.0.0.1") : host);
}
