import type { Flow, SipCommand } from "../contract.ts";
import type { Digest } from "../digest.ts";
import type { Envelope } from "../envelope.ts";
import { admitAccount, admitInvite } from "../gate.ts";
import type { Ground } from "../ground.ts";
import type { SipMessage } from "../message.ts";
import type { SipUri } from "../uri.ts";
import { Publications } from "./publications.ts";
import { Subscriptions, type Refusal } from "./subscriptions.ts";
import { Texts } from "./texts.ts";

export type EventCommand = Extract<SipCommand, { type: "stateChanged" | "lamp" | "messageAnswer" | "sendMessage" }>;

/** SUBSCRIBE, PUBLISH and MESSAGE: what is asked outside of calls. */
export class Events {
  readonly #ground: Ground;
  readonly #digest: Digest;
  readonly #subscriptions: Subscriptions;
  readonly #publications: Publications;
  readonly #texts: Texts;

  constructor(ground: Ground, digest: Digest) {
    this.#ground = ground;
    this.#digest = digest;
    this.#subscriptions = new Subscriptions(ground);
    this.#publications = new Publications(ground);
    this.#texts = new Texts(ground);
    ground.bindingTold = (binding, event) => this.#subscriptions.bindingChanged(binding, event);
  }

  /** Live subscriptions. */
  get size(): number {
    return this.#subscriptions.size;
  }

  /** Outside a dialog. Null when it was taken, else what the core answers statelessly. */
  request(request: SipMessage, envelope: Envelope, flow: Flow, target: SipUri): Refusal | null {
    if (request.method === "MESSAGE") {
      // the same people may write to the same numbers as may call them
      const verdict = admitInvite(this.#ground, this.#digest, request, envelope, flow, target);
      return verdict.ok ? this.#texts.receive(request, envelope, flow, verdict.from, target) : verdict;
    }
    const verdict = admitAccount(this.#ground, this.#digest, request, envelope, flow);
    if (!verdict.ok) return verdict;
    const account = verdict.from.account!; // admitted as one of us
    return request.method === "SUBSCRIBE"
      ? this.#subscriptions.subscribe(request, envelope, flow, target, account)
      : this.#publications.publish(request, envelope, flow, target, account);
  }

  /** A SUBSCRIBE in a dialog. */
  refresh(request: SipMessage, envelope: Envelope, flow: Flow): Refusal | null {
    return this.#subscriptions.refresh(request, envelope, flow);
  }

  /** A response that no transaction waits for. */
  strayResponse(envelope: Envelope, flow: Flow): void {
    this.#texts.strayResponse(envelope, flow);
  }

  command(command: EventCommand): void {
    switch (command.type) {
      case "stateChanged": return this.#subscriptions.changed(command.package, command.resource);
      case "lamp": return this.#lamp(command.account, command.body);
      case "messageAnswer": return this.#texts.answer(command.ref, command.status);
      case "sendMessage": return this.#texts.send(command);
    }
  }

  /** An account that is no more. */
  forget(account: string): void {
    this.#subscriptions.forget(account);
    this.#publications.forget(account);
  }

  /** Timers of owners "e|" (subscription), "p|" (publication), "m|" (text). */
  timer(owner: string, name: string): void {
    if (owner.startsWith("e|")) this.#subscriptions.timer(owner, name);
    else if (owner.startsWith("p|")) this.#publications.expired(owner);
    else this.#texts.late(owner);
  }

  flowClosed(flow: Flow): void {
    this.#subscriptions.flowClosed(flow);
  }

  stop(): void {
    this.#subscriptions.stop();
  }

  /** RFC 3842 says subscribe; phones that wait to be told are told, and the others not twice. Nothing hangs on the answer. */
  #lamp(account: string, body: string): void {
    const ground = this.#ground;
    if (this.#subscriptions.watches(account, "message-summary")) return;
    const to = `<sip:${account}@${ground.settings.domain}>`;
    for (const { uri, way, routes } of ground.location.groups(account, ground.nowMs, { only: "phone" }).flat()) {
      ground.requests.send(
        {
          method: "NOTIFY", uri, from: `${to};tag=${ground.newTag()}`, to, callId: ground.newCallId(), cseq: 1, routes, ways: [way], auth: null,
          headers: () => [["Event", "message-summary"], ["Subscription-State", "terminated;reason=noresource"]],
          body: { type: "application/simple-message-summary", text: body },
        },
        () => undefined,
      );
    }
  }
}
