import { isOver } from "../../base/window.ts";
import { contactOf, dialogKey, dialogOfRequest, sendInDialog, type Dialog } from "../dialog.ts";
import type { Flow, SipPackage } from "../contract.ts";
import type { Envelope } from "../envelope.ts";
import { FlowIndex } from "../flow-index.ts";
import type { Ground } from "../ground.ts";
import { limits } from "../limits.ts";
import type { Binding } from "../location.ts";
import type { SipMessage } from "../message.ts";
import type { HeaderPair } from "../print.ts";
import type { BindingEvent } from "../registrar.ts";
import type { ServerTransaction } from "../transactions.ts";
import { escapeUser, printHost, type SipUri } from "../uri.ts";
import { ownAddress, ownContact } from "../way.ts";
import { accepts, allowEvents, maxSubscriptionS, minSubscriptionS, readEvent, type EventPackage } from "./packages.ts";
import { regInfo, type RegisteredContact } from "./reg-info.ts";

export type Refusal = { status: number; headers?: HeaderPair[] };

/** Why a subscription ends (RFC 6665 4.1.3): what the subscriber does next hangs on it. */
type Ending = "timeout" | "noresource" | "rejected" | "probation;retry-after=5";

interface Subscription {
  /** Owner of its timers. */
  readonly id: string;
  readonly of: EventPackage;
  readonly eventId: string | null;
  /** As subscribed to, parameters included. */
  readonly eventText: string;
  readonly watcher: string;
  readonly resource: string;
  /** The URI that was subscribed to. */
  readonly entity: string;
  readonly dialog: Dialog;
  expiresAtMs: number;
  /** NOTIFYs sent. */
  version: number;
  inFlight: boolean;
  /** Something to tell waits for the answer in flight, or for its turn. */
  dirty: boolean;
  lastSentMs: number;
  ending: Ending | null;
  /** Its end has been told: nothing is said after it. */
  over: boolean;
  /** Contacts that went since the last NOTIFY (package "reg"). */
  gone: RegisteredContact[];
}

/** A second in which `limits.maxNotifiesPerSecond` were sent: those that wait come in the next ones. */
const budgetMs = 1_000;

/**
 * The notifier of RFC 6665: subscriptions of our accounts, each a dialog. One NOTIFY of a subscription is in flight at a time, changes that
 * come meanwhile are one more NOTIFY with the state as it is then: no watcher sees an old state after a new one, and a storm costs
 * what the pace allows. Not kept over a restart: a stop tells subscribers to come back, after a crash their refresh is answered 481.
 */
export class Subscriptions {
  readonly #ground: Ground;
  readonly #byId = new Map<string, Subscription>();
  readonly #byDialog = new Map<string, Subscription>();
  /** "package|resource" -> subscriptions. */
  readonly #watchers = new Map<string, Set<Subscription>>();
  readonly #perAccount = new Map<string, Set<Subscription>>();
  readonly #onFlow = new FlowIndex();
  #next = 1;
  #budget = { sinceMs: 0, used: 0, waiting: 0 };

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** A SUBSCRIBE outside a dialog, of an account. */
  subscribe(request: SipMessage, envelope: Envelope, flow: Flow, target: SipUri, watcher: string): Refusal | null {
    const { settings, transactions, nowMs } = this.#ground;
    const event = readEvent(request);
    if (!event) return { status: 489, headers: [["Allow-Events", allowEvents]] };
    if (!accepts(request, event.of.contentType)) return { status: 406, headers: [["Accept", event.of.contentType]] };
    const contact = contactOf(request);
    if (contact === null) return { status: 400 };
    const expires = readExpires(request, event.of);
    if (typeof expires !== "number") return expires;
    const resource = this.#ground.gruus.resolve(target, this.#ground.location)?.account ?? target.user;
    const own = event.of.name === "reg" && resource === watcher;
    if (!own && settings.events?.may(watcher, event.of.name, resource) !== true) return { status: 403 };
    if (event.of.name !== "reg" && settings.events?.state(event.of.name, resource, { watcher, version: 0 }) === null) return { status: 404 };
    if (transactions.full || this.#byId.size >= limits.maxSubscriptions) return { status: 503, headers: [["Retry-After", "60"]] };
    if ((this.#perAccount.get(watcher)?.size ?? 0) >= limits.maxSubscriptionsPerAccount) return { status: 403 };

    const transaction = transactions.openServer(request, envelope, flow);
    const subscription: Subscription = {
      id: `e|${this.#next++}`, of: event.of, eventId: event.id, eventText: event.text, watcher, resource,
      entity: `sip:${escapeUser(resource)}@${target.host === "" ? settings.domain : printHost(target.host)}`,
      dialog: dialogOfRequest(request, envelope, flow, transaction.toTag, contact, true),
      expiresAtMs: nowMs + expires * 1000, version: 0, inFlight: false, dirty: false, lastSentMs: -Infinity, ending: expires === 0 ? "timeout" : null, over: false, gone: [],
    };
    this.#add(subscription);
    this.#accept(transaction, subscription, expires);
    return null;
  }

  /** A SUBSCRIBE in a dialog: refresh, or the end of it (RFC 6665 4.1.2.2). Null when handled. */
  refresh(request: SipMessage, envelope: Envelope, flow: Flow): Refusal | null {
    const subscription = this.#byDialog.get(dialogKey(envelope.callId, envelope.toTag, envelope.fromTag));
    const event = readEvent(request);
    if (!event) return { status: 489, headers: [["Allow-Events", allowEvents]] };
    if (!subscription || subscription.ending || subscription.of !== event.of || subscription.eventId !== event.id) return { status: 481 };
    const { dialog } = subscription;
    if (dialog.remoteSeq !== null && envelope.cseq <= dialog.remoteSeq) return { status: 500 };
    const expires = readExpires(request, event.of);
    if (typeof expires !== "number") return expires;
    if (this.#ground.transactions.full) return { status: 503, headers: [["Retry-After", "10"]] };
    dialog.remoteSeq = envelope.cseq;
    this.#moveFlow(subscription, flow);
    // RFC 6665 4.4.1: SUBSCRIBE is a target refresh request
    dialog.target = contactOf(request) ?? dialog.target;
    const own = subscription.of.name === "reg" && subscription.resource === subscription.watcher;
    if (!own && this.#ground.settings.events?.may(subscription.watcher, subscription.of.name, subscription.resource) !== true) subscription.ending = "rejected";
    if (expires === 0) subscription.ending ??= "timeout";
    subscription.expiresAtMs = this.#ground.nowMs + expires * 1000;
    this.#accept(this.#ground.transactions.openServer(request, envelope, flow), subscription, expires);
    return null;
  }

  /** RFC 6665 4.2.1.2: 200 with the time granted, and a NOTIFY at once. */
  #accept(transaction: ServerTransaction, subscription: Subscription, expiresS: number): void {
    const { transactions, points, settings, timers } = this.#ground;
    const routes = transaction.request.list("record-route").map((route): HeaderPair => ["Record-Route", route]);
    const contact = ownContact(ownAddress({ flow: transaction.flow }, points, settings.domain));
    transactions.respond(transaction, 200, { headers: [...routes, ["Contact", contact], ["Expires", String(expiresS)]] });
    if (subscription.ending === null) timers.start(subscription.id, "expires", subscription.expiresAtMs);
    this.#notify(subscription, true);
  }

  changed(name: SipPackage, resource: string): void {
    for (const subscription of this.#watchers.get(`${name}|${resource}`) ?? []) this.#notify(subscription, false);
  }

  bindingChanged(binding: Binding, event: BindingEvent): void {
    const gone = event === "unregistered" || event === "expired" || event === "deactivated" || event === "rejected";
    for (const subscription of this.#watchers.get(`reg|${binding.account}`) ?? []) {
      if (gone && subscription.gone.length < limits.maxContactsPerAccount) subscription.gone.push({ binding: { ...binding }, event, gone });
      this.#notify(subscription, false);
    }
  }

  /** True when that account watches that package of anything. */
  watches(watcher: string, name: SipPackage): boolean {
    for (const subscription of this.#perAccount.get(watcher) ?? []) if (subscription.of.name === name) return true;
    return false;
  }

  /** What that account watches is told to it no more (RFC 6665 4.1.3: after "rejected" it does not ask again). */
  forget(watcher: string): void {
    for (const subscription of [...(this.#perAccount.get(watcher) ?? [])]) {
      subscription.ending ??= "rejected";
      this.#notify(subscription, true);
    }
  }

  timer(id: string, name: string): void {
    const subscription = this.#byId.get(id);
    if (!subscription) return;
    if (name === "pace") {
      if (!subscription.dirty) return;
      subscription.dirty = false;
      return this.#notify(subscription, false);
    }
    if (name === "again") {
      subscription.inFlight = false;
      return this.#notify(subscription, true);
    }
    subscription.ending ??= "timeout";
    this.#notify(subscription, true);
  }

  /** A browser's page is gone with its connection; a phone may come back on another, and is reached at its Contact meanwhile. */
  flowClosed(flow: Flow): void {
    for (const id of this.#onFlow.take(flow.id)) {
      const subscription = this.#byId.get(id);
      if (!subscription) continue;
      if (flow.transport === "ws" || flow.transport === "wss") this.#remove(subscription);
      else subscription.dialog.flow = null;
    }
  }

  /** Everybody is asked to subscribe again in a moment. */
  stop(): void {
    for (const subscription of this.#byId.values()) {
      subscription.ending ??= "probation;retry-after=5";
      if (!subscription.over) this.#send(subscription);
    }
  }

  /** `now`: not held back by the pace (the answer to a SUBSCRIBE, the end). */
  #notify(subscription: Subscription, now: boolean): void {
    const { nowMs, timers } = this.#ground;
    if (subscription.over) return;
    if (subscription.inFlight) {
      subscription.dirty = true;
      return;
    }
    const { lastSentMs, of } = subscription;
    const turnMs = Math.max(now || isOver(lastSentMs, of.paceMs, nowMs) ? nowMs : lastSentMs + of.paceMs, this.#budgetTurn());
    if (turnMs > nowMs) {
      if (!subscription.dirty) timers.start(subscription.id, "pace", turnMs);
      subscription.dirty = true;
      return;
    }
    this.#send(subscription);
  }

  /** The instant at which the next NOTIFY may go: now, or in one of the seconds after the one that is full. */
  #budgetTurn(): number {
    const { nowMs } = this.#ground;
    const budget = this.#budget;
    if (isOver(budget.sinceMs, budgetMs, nowMs)) this.#budget = { sinceMs: nowMs, used: 0, waiting: 0 };
    if (this.#budget.used < limits.maxNotifiesPerSecond) return nowMs;
    return this.#budget.sinceMs + budgetMs * (1 + Math.floor(this.#budget.waiting++ / limits.maxNotifiesPerSecond));
  }

  #send(subscription: Subscription): void {
    const ground = this.#ground;
    const { dialog, of } = subscription;
    const text = subscription.ending === "rejected" ? null : this.#document(subscription);
    if (text === null) subscription.ending ??= "noresource";
    const leftS = Math.max(0, Math.round((subscription.expiresAtMs - ground.nowMs) / 1000));
    const state = subscription.ending === null ? `active;expires=${leftS}` : `terminated;reason=${subscription.ending}`;
    this.#budget.used++;
    subscription.version++;
    subscription.lastSentMs = ground.nowMs;
    subscription.inFlight = true;
    subscription.dirty = false;
    subscription.over = subscription.ending !== null;
    subscription.gone = [];
    ground.timers.stop(subscription.id, "pace");
    sendInDialog(ground, dialog, {
      method: "NOTIFY",
      headers: [["Event", subscription.eventText], ["Subscription-State", state]],
      body: text === null ? null : { type: of.contentType, text },
      user: {
        response: (response, _envelope, flow) => {
          if (response.status >= 200) this.#answered(subscription, response, flow);
        },
        // RFC 6665 4.2.2: "If the NOTIFY request fails due to a timeout condition, the notifier SHOULD remove the subscription"
        timeout: () => this.#remove(subscription),
        transportError: () => this.#remove(subscription),
      },
    });
  }

  #answered(subscription: Subscription, response: SipMessage, flow: Flow): void {
    if (!this.#byId.has(subscription.id)) return;
    const retryS = /^\s*(\d{1,4})/.exec(response.header("retry-after") ?? "")?.[1];
    if (response.status < 300) {
      subscription.inFlight = false;
      if (subscription.dialog.flow === null) this.#moveFlow(subscription, flow);
      if (subscription.over) return this.#remove(subscription);
      if (!subscription.dirty) return;
      subscription.dirty = false;
      return this.#notify(subscription, subscription.ending !== null);
    }
    // "If the NOTIFY request fails ... with a Retry-After the notifier MUST wait"; anything else ends it
    if (retryS === undefined || subscription.over) return this.#remove(subscription);
    this.#ground.timers.start(subscription.id, "again", this.#ground.nowMs + Number(retryS) * 1000);
  }

  #document(subscription: Subscription): string | null {
    const { location, nowMs, settings, gruus } = this.#ground;
    const { of, resource, watcher, version } = subscription;
    if (of.name !== "reg") return settings.events?.state(of.name, resource, { watcher, version }) ?? null;
    const live = location.of(resource, nowMs).map((binding): RegisteredContact => ({ binding, event: "registered", gone: false }));
    return regInfo(subscription.entity, version, [...live, ...subscription.gone], nowMs, (binding) => gruus.public(binding));
  }

  #moveFlow(subscription: Subscription, flow: Flow): void {
    const { dialog } = subscription;
    if (dialog.flow?.id === flow.id) return;
    this.#onFlow.remove(dialog.flow, subscription.id);
    dialog.flow = flow;
    this.#onFlow.add(flow, subscription.id);
  }

  #add(subscription: Subscription): void {
    const { id, dialog, watcher, of, resource } = subscription;
    this.#byId.set(id, subscription);
    this.#byDialog.set(keyOf(dialog), subscription);
    this.#onFlow.add(dialog.flow, id);
    into(this.#perAccount, watcher, subscription);
    into(this.#watchers, `${of.name}|${resource}`, subscription);
  }

  #remove(subscription: Subscription): void {
    const { id, dialog, watcher, of, resource } = subscription;
    if (!this.#byId.delete(id)) return;
    this.#ground.timers.stopAll(id);
    this.#byDialog.delete(keyOf(dialog));
    this.#onFlow.remove(dialog.flow, id);
    outOf(this.#perAccount, watcher, subscription);
    outOf(this.#watchers, `${of.name}|${resource}`, subscription);
  }
}

function into<T>(sets: Map<string, Set<T>>, key: string, one: T): void {
  const set = sets.get(key);
  if (set) set.add(one);
  else sets.set(key, new Set([one]));
}

function outOf<T>(sets: Map<string, Set<T>>, key: string, one: T): void {
  const set = sets.get(key);
  set?.delete(one);
  if (set?.size === 0) sets.delete(key);
}

function keyOf(dialog: Dialog): string {
  return dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag);
}

function readExpires(request: SipMessage, of: EventPackage): number | Refusal {
  const written = request.header("expires");
  if (written === null) return of.defaultExpiresS;
  if (!/^\d{1,10}$/.test(written)) return { status: 400 };
  const asked = Number(written);
  if (asked > 0 && asked < minSubscriptionS) return { status: 423, headers: [["Min-Expires", String(minSubscriptionS)]] };
  return Math.min(asked, maxSubscriptionS);
}
