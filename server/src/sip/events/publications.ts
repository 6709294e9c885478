import { newSecret } from "../../base/ids.ts";
import type { Envelope } from "../envelope.ts";
import type { Flow } from "../contract.ts";
import type { Ground } from "../ground.ts";
import { limits } from "../limits.ts";
import type { SipMessage } from "../message.ts";
import type { SipUri } from "../uri.ts";
import { allowEvents, readEvent } from "./packages.ts";
import { composePresence, readPresence, type Presence } from "./presence.ts";
import type { Refusal } from "./subscriptions.ts";

/** Lifetime of a published document: what a client gets that asks for nothing, and the bounds of what it may ask for; seconds. */
const defaultExpiresS = 3_600;
const minExpiresS = 60;
const maxExpiresS = 86_400;
const pidf = "application/pidf+xml";

interface Publication {
  /** Owner of its timer. */
  readonly id: string;
  readonly account: string;
  etag: string;
  presence: Presence;
  expiresAtMs: number;
}

/** The event state compositor of RFC 3903, for presence: an account publishes about itself, what its documents say together is told upwards. */
export class Publications {
  readonly #ground: Ground;
  readonly #byId = new Map<string, Publication>();
  /** Per account by entity tag, the oldest first. */
  readonly #perAccount = new Map<string, Map<string, Publication>>();
  #next = 1;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Null when it was answered here. */
  publish(request: SipMessage, envelope: Envelope, flow: Flow, target: SipUri, account: string): Refusal | null {
    const event = readEvent(request);
    // RFC 3903 6 step 2: packages that are not published here
    if (!event || event.of.name !== "presence") return { status: 489, headers: [["Allow-Events", allowEvents]] };
    // step 3: nobody publishes for somebody else
    if ((this.#ground.gruus.resolve(target, this.#ground.location)?.account ?? target.user) !== account) return { status: 403 };
    const { nowMs } = this.#ground;
    const match = request.list("sip-if-match");
    const own = this.#perAccount.get(account) ?? new Map<string, Publication>();
    const before = match.length === 1 ? own.get(match[0]!) : undefined;
    // step 4: "If no matching event state is found, the ESC MUST reject the publication with a response of 412"
    if (match.length > 1 || (match.length === 1 && !before)) return { status: match.length > 1 ? 400 : 412 };
    const expires = request.header("expires");
    if (expires !== null && !/^\d{1,10}$/.test(expires)) return { status: 400 };
    const asked = expires === null ? defaultExpiresS : Number(expires);
    if (asked > 0 && asked < minExpiresS) return { status: 423, headers: [["Min-Expires", String(minExpiresS)]] };
    const presence = this.#body(request, before);
    if ("status" in presence) return presence;
    if (this.#ground.transactions.full) return { status: 503, headers: [["Retry-After", "10"]] };

    const expiresS = Math.min(asked, maxExpiresS);
    if (before) this.#remove(before);
    // step 6: a new entity tag with each success, also of a refresh
    const etag = newSecret(12, this.#ground.settings.chance);
    if (expiresS > 0) this.#add({ id: `p|${this.#next++}`, account, etag, presence, expiresAtMs: nowMs + expiresS * 1000 });
    const transaction = this.#ground.transactions.openServer(request, envelope, flow);
    this.#ground.transactions.respond(transaction, 200, { headers: [["SIP-ETag", etag], ["Expires", String(expiresS)]] });
    // a refresh says nothing new
    if (!before || request.body.length > 0 || expiresS === 0) this.#tell(account);
    return null;
  }

  /** Timer of a publication that was not refreshed. */
  expired(id: string): void {
    const publication = this.#byId.get(id);
    if (!publication) return;
    this.#remove(publication);
    this.#tell(publication.account);
  }

  forget(account: string): void {
    const own = [...(this.#perAccount.get(account)?.values() ?? [])];
    for (const publication of own) this.#remove(publication);
    if (own.length > 0) this.#tell(account);
  }

  /** Step 5: an initial publication has a body, a refresh and a removal need none. */
  #body(request: SipMessage, before: Publication | undefined): Presence | Refusal {
    if (request.body.length === 0) return before?.presence ?? { status: 400 };
    if (request.body.length > limits.maxPresenceBytes) return { status: 413 };
    const type = (request.header("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
    const coded = request.header("content-encoding");
    if (type !== pidf || (coded !== null && coded.toLowerCase() !== "identity")) return { status: 415, headers: [["Accept", pidf]] };
    return readPresence(request.text() ?? "") ?? { status: 400 };
  }

  #add(publication: Publication): void {
    let own = this.#perAccount.get(publication.account);
    if (!own) this.#perAccount.set(publication.account, (own = new Map()));
    while (own.size >= limits.maxPublicationsPerAccount) {
      this.#remove([...own.values()][0]!);
      this.#perAccount.set(publication.account, own);
    }
    own.set(publication.etag, publication);
    this.#byId.set(publication.id, publication);
    this.#ground.timers.start(publication.id, "expires", publication.expiresAtMs);
  }

  #remove(publication: Publication): void {
    this.#byId.delete(publication.id);
    this.#ground.timers.stopAll(publication.id);
    const own = this.#perAccount.get(publication.account);
    own?.delete(publication.etag);
    if (own?.size === 0) this.#perAccount.delete(publication.account);
  }

  #tell(account: string): void {
    const all = [...(this.#perAccount.get(account)?.values() ?? [])];
    const { open, note, activities } = composePresence(all.map(({ presence }) => presence));
    const expiresAtMs = all.length === 0 ? null : Math.max(...all.map((one) => one.expiresAtMs));
    this.#ground.tell({ type: "published", account, open, note, activities: [...activities], expiresAtMs });
  }
}
