import { createHash } from "node:crypto";
import type { BrowserPhone, Language, PageContext, WidgetCall } from "@tandem/protocol";
import type { BrowserPhones } from "../api/api.ts";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newSecret } from "../base/ids.ts";
import type { SipCredentials } from "../sip/sip.ts";

/** A visitor's account opens one call: long enough to allow a microphone, short enough to be worthless later. */
const VISITOR_VALID_MS = 5 * 60_000;
/** Attack: accounts asked for without end. The oldest go first. */
const MAX_ACCOUNTS = 20_000;
/** An agent has a few tabs and machines; older browsers of theirs lose their account. */
const MAX_PER_AGENT = 5;

interface Account {
  credentials: SipCredentials;
  agentId: string | null;
  visitor: { id: string; name: string; page: PageContext; language: Language } | null;
  untilMs: number;
}

export interface EphemeralAccounts extends BrowserPhones {
  credentials(account: string): SipCredentials | null;
  agentOf(account: string): string | null;
  accountsOf(agentId: string): string[];
  visitorOf(account: string): Account["visitor"];
}

/** SIP accounts of browsers: made per session, kept in memory only, so a stolen one dies with the session or the server. */
export function createBrowserPhones(options: { domain: string; clock: Clock; chance: Chance }): EphemeralAccounts {
  const { chance, clock, domain } = options;
  const accounts = new Map<string, Account>();

  const issue = (prefix: string, owner: Pick<Account, "agentId" | "visitor">, untilMs: number): { account: string; password: string } => {
    if (accounts.size >= MAX_ACCOUNTS) accounts.delete(accounts.keys().next().value!);
    const account = `${prefix}-${newSecret(12, chance)}`;
    const password = newSecret(32, chance);
    const a1 = `${account}:${domain}:${password}`;
    const credentials = { account, ha1Md5: createHash("md5").update(a1).digest("hex"), ha1Sha256: createHash("sha256").update(a1).digest("hex") };
    accounts.set(account, { credentials, ...owner, untilMs });
    return { account, password };
  };
  const valid = (account: string): Account | null => {
    const found = accounts.get(account);
    return found && found.untilMs > clock.now() ? found : null;
  };

  return {
    issueAgent(agentId) {
      const mine = [...accounts].filter(([, entry]) => entry.agentId === agentId);
      for (const [account] of mine.slice(0, Math.max(0, mine.length - MAX_PER_AGENT + 1))) accounts.delete(account);
      return { ...issue("web", { agentId, visitor: null }, Number.POSITIVE_INFINITY), domain, wsPath: "/sip" };
    },
    revokeAgent(agentId) {
      for (const [account, entry] of accounts) if (entry.agentId === agentId) accounts.delete(account);
    },
    issueVisitor(visitor, page, language, target) {
      const made = issue("visitor", { agentId: null, visitor: { ...visitor, page, language } }, clock.now() + VISITOR_VALID_MS);
      return { ...made, domain, target, wsPath: "/sip", validMs: VISITOR_VALID_MS };
    },
    credentials: (account) => valid(account)?.credentials ?? null,
    agentOf: (account) => valid(account)?.agentId ?? null,
    accountsOf: (agentId) => [...accounts].filter(([, entry]) => entry.agentId === agentId).map(([account]) => account),
    visitorOf: (account) => accounts.get(account)?.visitor ?? null,
  };
}
