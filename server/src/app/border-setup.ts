/** The border wired: its rows read, its verdicts given to the sockets and the core, what it tells stored and logged. */
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import type { BorderDesk } from "../api/api.ts";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { createBorder, createRulesStore, type Border, type DescribeNumber } from "../border/border.ts";
import type { Db } from "../db/db.ts";
import type { SipEvent } from "../sip/sip.ts";

/** What of a flood of notices is shown at once. */
const noticesShown = 200;

export interface BorderSetup {
  border: Border;
  desk: BorderDesk;
  /** For the sockets. */
  admit(address: string): boolean;
  hear(event: SipEvent): void;
}

export async function startBorder({ db, clock, chance, log, emergency }: { db: Db; clock: Clock; chance: Chance; log: Log; emergency(): readonly string[] }): Promise<BorderSetup> {
  const store = await createRulesStore(db);
  const stored = (work: Promise<void>, what: string): void => void work.catch((error: Error) => log.error({ why: error.message }, `${what} could not be stored; it holds until the next start`));
  const border = createBorder({
    rules: store.rules(), fraudRules: store.fraudRules(), chance, describe: describeNumber, emergency,
    // a front of ours (a proxy for HTTPS) stands on this machine: all browsers would be banned at once
    neverBan: ["127.0.0.0/8", "::1"],
    tell(notice) {
      log.warn({ ...notice }, "the border refused somebody");
      stored(store.addNotice(notice), "a notice of the border");
    },
    banned: (ban) => stored(store.addBan(ban), "a ban"),
  });
  border.restore(await store.bans(clock.now()));
  return {
    border,
    admit: (address) => border.admit(address, clock.now()),
    hear: (event) => border.onSip(event, clock.now()),
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
