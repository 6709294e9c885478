import { createHash } from "node:crypto";
import type { BrowserPhone, Language, PageContext, WidgetCall } from "@tandem/protocol";
import type { BrowserPhones } from "../api/api.ts";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newSecret } from "../base/ids.ts";
import type { SipCredentials } from "../sip/sip.ts";

/** A visitor's account opens one call: long enough to allow a microphone, short enough to be worthless later. */
const VISITOR_VALID_MS = 5 * 60_000;
/** Attack: accounts asked for without end. The oldest of visitors go first; agents' are counted apart, so that none is pushed out. */
const MAX_VISITOR_ACCOUNTS = 20_000;
/** One visitor, several tries. */
const MAX_PER_VISITOR = 3;
/** An agent has a few tabs and machines; older browsers of theirs lose their account. */
const MAX_PER_AGENT = 5;

interface Visitor {
  id: string;
  name: string;
  page: PageContext;
  language: Language;
}
interface VisitorAccount {
  credentials: SipCredentials;
  visitor: Visitor;
  untilMs: number;
}

export interface EphemeralAccounts extends BrowserPhones {
  credentials(account: string): SipCredentials | null;
  agentOf(account: string): string | null;
  accountsOf(agentId: string): readonly string[];
  visitorOf(account: string): Visitor | null;
}

/** SIP accounts of browsers: made per session, kept in memory only, so a stolen one dies with the session or the server. */
export function createBrowserPhones(options: { domain: string; clock: Clock; chance: Chance; /** An account of an agent is about to be no more. */ ended(account: string): void }): EphemeralAccounts {
  const { chance, clock, domain, ended } = options;
  const agents = new Map<string, { credentials: SipCredentials; agentId: string }>();
  const ofAgent = new Map<string, string[]>();
  /** Oldest first: so also in the order in which they lose their value. */
  const visitors = new Map<string, VisitorAccount>();
  const ofVisitor = new Map<string, string[]>();

  const issue = (prefix: string): { account: string; password: string; credentials: SipCredentials } => {
    const account = `${prefix}-${newSecret(12, chance)}`;
    const password = newSecret(32, chance);
    const a1 = `${account}:${domain}:${password}`;
    return { account, password, credentials: { account, ha1Md5: createHash("md5").update(a1).digest("hex"), ha1Sha256: createHash("sha256").update(a1).digest("hex") } };
  };
  const forgetVisitor = (account: string): void => {
    const entry = visitors.get(account);
    if (!entry) return;
    visitors.delete(account);
    const left = ofVisitor.get(entry.visitor.id)!.filter((a) => a !== account);
    if (left.length > 0) ofVisitor.set(entry.visitor.id, left);
    else ofVisitor.delete(entry.visitor.id);
  };
  /** Told first: whose device it was is still asked meanwhile. */
  const endOne = (account: string): void => {
    ended(account);
    agents.delete(account);
  };
  const validVisitor = (account: string): VisitorAccount | null => {
    const found = visitors.get(account);
    return found && found.untilMs > clock.now() ? found : null;
  };

  return {
    issueAgent(agentId) {
      const { account, password, credentials } = issue("web");
      const mine = [...(ofAgent.get(agentId) ?? []), account];
      for (const old of mine.splice(0, Math.max(0, mine.length - MAX_PER_AGENT))) endOne(old);
      agents.set(account, { credentials, agentId });
      ofAgent.set(agentId, mine);
      return { account, password, domain, wsPath: "/sip" } satisfies BrowserPhone;
    },
    revokeAgent(agentId) {
      for (const account of ofAgent.get(agentId) ?? []) endOne(account);
      ofAgent.delete(agentId);
    },
    issueVisitor(visitor, page, language, target) {
      for (const [account, entry] of visitors) {
        if (entry.untilMs > clock.now() && visitors.size < MAX_VISITOR_ACCOUNTS) break;
        forgetVisitor(account);
      }
      const mine = ofVisitor.get(visitor.id) ?? [];
      for (const old of mine.slice(0, Math.max(0, mine.length - MAX_PER_VISITOR + 1))) forgetVisitor(old);
      const { account, password, credentials } = issue("visitor");
      visitors.set(account, { credentials, visitor: { id: visitor.id, name: visitor.name, page, language }, untilMs: clock.now() + VISITOR_VALID_MS });
      ofVisitor.set(visitor.id, [...(ofVisitor.get(visitor.id) ?? []), account]);
      return { account, password, domain, target, wsPath: "/sip", validMs: VISITOR_VALID_MS } satisfies WidgetCall;
    },
    credentials: (account) => (agents.get(account) ?? validVisitor(account))?.credentials ?? null,
    agentOf: (account) => agents.get(account)?.agentId ?? null,
    accountsOf: (agentId) => ofAgent.get(agentId) ?? [],
    visitorOf: (account) => validVisitor(account)?.visitor ?? null,
  };
}
