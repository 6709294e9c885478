/** Texts by SIP wired: to a number of the centre they are a contact, between telephones of the house they are passed on, to anybody else refused. */
import type { Clock } from "../base/clock.ts";
import type { Chance } from "../base/chance.ts";
import { newId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Centre } from "../centre/centre.ts";
import { createMessageChannel, type MessageChannel, type TextTarget } from "../channels/message/message.ts";
import type { Message } from "../hub/hub.ts";
import type { TrunkAttempt } from "../exchange/exchange.ts";
import type { SipCommand, SipEvent } from "../sip/sip.ts";

export interface MessageSetupOptions {
  clock: Clock;
  chance: Chance;
  log: Log;
  centre(): Centre;
  command(command: SipCommand): void;
  /** The centre's number that a text was sent to; null = none of ours. */
  centreNumber(user: string): string | null;
  /** Accounts of whoever has that number or name inside; null = nobody. */
  accountsNamed(user: string): readonly string[] | null;
  /** The number and name under which an account of the house writes; null = it is not of the house (a visitor's page). */
  shownAs(account: string): { user: string; display: string } | null;
  messages(interactionId: string): Promise<Message[]>;
  /** The ways outside to that number. */
  waysOutside(to: string, from: string): readonly Pick<TrunkAttempt, "target" | "from" | "auth" | "via">[];
}

export interface MessageSetup {
  channel: MessageChannel;
  hear(event: SipEvent): void;
  /** A text of our own to a telephone: its devices here, else by the ways outside, one after another. `done`: the final SIP status. */
  text(to: string, from: string, text: string, done: (status: number) => void): void;
}

export function setUpMessages(options: MessageSetupOptions): MessageSetup {
  const { clock, chance, log, centre, command } = options;
  const sending = new Map<string, (status: number) => void>();
  const send = (target: Extract<SipCommand, { type: "sendMessage" }>["target"], from: { user: string; display: string }, text: string, done: (status: number) => void, via?: Extract<SipCommand, { type: "sendMessage" }>["via"]): void => {
    const ref = newId("out", clock.now(), chance);
    sending.set(ref, done);
    command({ type: "sendMessage", ref, target, from, text, ...(via ? { via } : {}) });
  };

  const channel = createMessageChannel({
    clock,
    log,
    newInteractionId: () => newId("int", clock.now(), chance),
    hear: (event) => centre().hear(event),
    post: (id, from, done) => centre().post(id, from, done),
    live: (id) => centre().interaction(id),
    interactions: () => centre().interactions(),
    settled: (id, seq, status) => centre().tellLate(id, status === null ? { type: "messageDelivered", seq } : { type: "messageUndelivered", seq, status }),
    send(target: TextTarget, from, text, done) {
      if ("account" in target) send(target, from, text, done);
      else if ("flow" in target) send(target, from, text, done);
      else send({ uri: target.uri }, from, text, done, target.at);
    },
    messages: options.messages,
  });

  /** From one telephone of the house to another: answered when one of the called one's devices has taken it. Kept nowhere. */
  const passOn = (event: Extract<SipEvent, { type: "message" }>, from: { user: string; display: string }): void => {
    const answer = (status: number): void => command({ type: "messageAnswer", ref: event.ref, status });
    const { user, instance } = event.to;
    const accounts = options.accountsNamed(user);
    if (!accounts) return answer(404);
    if (accounts.length === 0) return answer(480);
    let left = accounts.length;
    let best = 480;
    let over = false;
    for (const account of accounts) {
      send(instance === undefined ? { account } : { account, instance }, from, event.text, (status) => {
        left--;
        if (over) return;
        if (status < 300) {
          over = true;
          return answer(200);
        }
        if (status !== 480) best = best === 480 ? status : Math.min(best, status);
        if (left === 0) answer(best);
      });
    }
  };

  const outside = (ways: ReturnType<MessageSetupOptions["waysOutside"]>, text: string, last: number, done: (status: number) => void): void => {
    const [way, ...others] = ways;
    if (!way) return done(last);
    const ref = newId("out", clock.now(), chance);
    sending.set(ref, (status) => (status < 300 || status === 486 || status === 603 ? done(status) : outside(others, text, status, done)));
    command({ type: "sendMessage", ref, target: way.target, from: way.from, text, ...(way.auth && { auth: way.auth }), ...(way.via && { via: way.via }) });
  };

  return {
    channel,
    text(to, from, text, done) {
      const accounts = options.accountsNamed(to) ?? [];
      const [account] = accounts;
      if (account !== undefined) send({ account }, { user: from, display: "" }, text, done);
      else outside(options.waysOutside(to, from), text, 480, done);
    },
    hear(event) {
      if (event.type === "messageSent") {
        const done = sending.get(event.ref);
        sending.delete(event.ref);
        done?.(event.status);
      }
      if (event.type !== "message") return;
      const { ref, from, to, text, id, flow } = event;
      const number = options.centreNumber(to.user);
      if (number !== null) {
        const address = /^\+?[0-9]{3,20}$/.test(from.user) ? from.user : `${from.user}@${from.host}`.toLowerCase();
        const shown = from.account === null ? null : options.shownAs(from.account);
        const sender = { account: from.account, address, name: from.display || (shown?.display ?? ""), uri: `sip:${encodeURIComponent(from.user).replaceAll("%2B", "+")}@${from.host}`, flow };
        return channel.received({ id, sender, to: number, text }, (status) => command({ type: "messageAnswer", ref, status }));
      }
      const inside = from.account === null ? null : options.shownAs(from.account);
      if (inside) passOn(event, inside);
      else command({ type: "messageAnswer", ref, status: 404 });
    },
  };
}
