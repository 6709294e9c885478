/** The border wired: its rows read, its verdicts given to the sockets and the core, what it tells stored and logged. */
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import type { BorderDesk } from "../api/api.ts";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { createBorder, createRulesStore, type Border, type DescribeNumber } from "../border/border.ts";
import type { Db } from "../db/db.ts";
import type { SipEvent } from "../sip/sip.ts";
import type { SipDns } from "./sip-dns.ts";

/** How often the hour's spend is looked at. */
const spendMs = 5_000;
/** What of a flood of notices is shown at once. */
const noticesShown = 200;

export interface BorderSetup {
  border: Border;
  desk: BorderDesk;
  /** For the sockets. */
  admit(address: string, connected: boolean): boolean;
  hear(event: SipEvent): void;
  /** The same look-ups; where the names of trunks lead is expected to speak to us. */
  expecting(dns: SipDns): SipDns;
  /** Once the rest of the house stands: which addresses are trunks, and how a call is ended whose cost is not to be borne. */
  watch(house: BorderHouse): void;
  stop(): void;
}

export interface BorderHouse {
  /** Addresses, networks and names of the trunks, and to be told when they are others. */
  trunkNetworks(): readonly string[];
  onTrunks(hear: () => void): void;
  byTrunk(toUser: string, address: string): boolean;
  outsideLegs(): readonly { ref: string; number: string }[];
  hangUp(ref: string, reason: string): void;
}

export async function startBorder({ db, clock, chance, log, emergency, front = [] }: { db: Db; clock: Clock; chance: Chance; log: Log; emergency(): readonly string[]; front?: readonly string[] | undefined }): Promise<BorderSetup> {
  const store = await createRulesStore(db);
  const stored = (work: Promise<void>, what: string): void => void work.catch((error: Error) => log.error({ why: error.message }, `${what} could not be stored; it holds until the next start`));
  let house: BorderHouse | null = null;
  let stopWatching = (): void => undefined;
  const border = createBorder({
    rules: store.rules(), fraudRules: store.fraudRules(), chance, describe: describeNumber, emergency, byTrunk: (toUser, address) => house?.byTrunk(toUser, address) ?? false,
    // a front of ours (a proxy for HTTPS) stands on this machine: all browsers would be banned at once
    neverBan: ["127.0.0.0/8", "::1"],
    front,
    tell(notice) {
      log.warn({ ...notice }, "the border refused somebody");
      stored(store.addNotice(notice), "a notice of the border");
    },
    banned: (ban) => stored(store.addBan(ban), "a ban"),
  });
  border.restore(await store.bans(clock.now()));
  const endCostly = (): void => {
    const over = new Set(border.fraud.overspent(clock.now()).map(({ e164 }) => e164));
    if (over.size > 0) for (const { ref, number } of house?.outsideLegs() ?? []) if (over.has(number)) house?.hangUp(ref, "the hour's spend is used up");
    stopWatching = clock.after(spendMs, endCostly);
  };
  return {
    border,
    admit: (address, connected) => border.admit(address, clock.now(), connected),
    hear: (event) => border.onSip(event, clock.now()),
    expecting: (dns) => ({
      async find(uri) {
        const hops = await dns.find(uri);
        const host = /^sips?:(?:[^@]*@)?([^;:?]+)/i.exec(uri)?.[1] ?? "";
        if (house?.trunkNetworks().includes(host)) for (const hop of hops) border.expect(hop.host, clock.now());
        return hops;
      },
    }),
    watch(given) {
      house = given;
      border.setTrusted(given.trunkNetworks());
      given.onTrunks(() => border.setTrusted(given.trunkNetworks()));
      endCostly();
    },
    stop: () => stopWatching(),
    desk: {
      rules: () => store.rules(),
      async putRules(rules) {
        await store.putRules(rules);
        border.setRules(rules);
      },
      fraudRules: () => store.fraudRules(),
      async putFraudRules(rules) {
        await store.putFraudRules(rules);
        border.setFraudRules(rules);
      },
      bans: () => border.bans(clock.now()),
      async lift(address) {
        await store.removeBan(address);
        return border.lift(address);
      },
      counts: () => border.counts(clock.now()),
      notices: () => store.notices(noticesShown),
    },
  };
}

/** Personal numbers (+44 70) cost like premium ones and are as much used for fraud. */
export const describeNumber: DescribeNumber = (e164) => {
  const parsed = parsePhoneNumberFromString(e164);
  const type = parsed?.getType();
  return { country: parsed?.country ?? null, premium: type === "PREMIUM_RATE" || type === "PERSONAL_NUMBER" };
};
