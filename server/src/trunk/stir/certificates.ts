/** Certificates of others, fetched from where their signature says, if that is a place we allow; kept for a while. */

/** Kept this long; what could not be had is asked again sooner. */
const keptMs = 3_600_000;
const missedMs = 60_000;
/** Attack: signed calls with an address of their own each, all on one allowed host. */
const maxKept = 1_000;
const maxAtOnce = 50;

export interface CertificatePort {
  /** HTTPS GET, no redirects, small, within seconds; null when it is not to be had. */
  fetch(url: string): Promise<string | null>;
  allowedHosts(): readonly string[];
}

export class Certificates {
  readonly #port: CertificatePort;
  readonly #kept = new Map<string, { pem: string | null; untilMs: number }>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(port: CertificatePort) {
    this.#port = port;
  }

  /** Null: not here (not fetched, not allowed, not to be had). */
  here(url: string, nowMs: number): string | null {
    const kept = this.#kept.get(url);
    return kept && kept.untilMs > nowMs ? kept.pem : null;
  }

  /** Resolves when it is here, or is not to be had; null when there is nothing to wait for. */
  have(url: string, now: () => number): Promise<void> | null {
    const kept = this.#kept.get(url);
    if ((kept && kept.untilMs > now()) || !this.#isAllowed(url)) return null;
    const running = this.#running.get(url);
    if (running) return running;
    if (this.#running.size >= maxAtOnce) return null;
    const fetching = this.#port.fetch(url).then((pem) => {
      this.#running.delete(url);
      if (this.#kept.size >= maxKept) this.#kept.delete(this.#kept.keys().next().value ?? "");
      this.#kept.set(url, { pem, untilMs: now() + (pem === null ? missedMs : keptMs) });
    });
    this.#running.set(url, fetching);
    return fetching;
  }

  forget(): void {
    this.#kept.clear();
  }

  /** SSRF: a stranger's header makes us fetch; only named hosts, only HTTPS, no user part. */
  #isAllowed(url: string): boolean {
    const parsed = URL.parse(url);
    if (!parsed || parsed.protocol !== "https:" || parsed.username !== "" || parsed.password !== "") return false;
    return this.#port.allowedHosts().some((host) => host.toLowerCase() === parsed.host);
  }
}
