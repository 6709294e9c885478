import { join } from "node:path";
import type { Telephony } from "../api/api.ts";
import type { Directory } from "../directory/directory.ts";
import { createProvisioning, type Exchange, type ExchangeConfig } from "../exchange/exchange.ts";
import type { Clock } from "../base/clock.ts";
import type { Chance } from "../base/chance.ts";
import type { Db } from "../db/db.ts";

export interface TelephonyParts {
  db: Db;
  clock: Clock;
  chance: Chance;
  directory: Directory;
  config: ExchangeConfig;
  exchange: Exchange;
  dataDir: string;
  /** SIP accounts of a user's devices: phones and browsers. */
  accountsOf(userId: string): readonly { account: string }[];
  isRegistered(account: string): boolean;
}

/** The telephone system as the API's routes see it. */
export function telephonyFor(parts: TelephonyParts): Telephony {
  const { config, directory, clock } = parts;
  const devices = (extensionId: string): number => {
    const row = config.extension(extensionId);
    if (!row) return 0;
    const accounts = row.userId === null ? directory.phones().filter((phone) => phone.id === row.phoneId) : parts.accountsOf(row.userId);
    return accounts.filter(({ account }) => parts.isRegistered(account)).length;
  };
  return {
    config,
    provisioning: createProvisioning({ db: parts.db, clock, chance: parts.chance }),
    exchange: parts.exchange,
    voicemailDir: join(parts.dataDir, "voicemail"),
    devices,
  };
}
