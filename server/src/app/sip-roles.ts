import type { SipRole } from "@tandem/protocol";
import type { RouteDecision, RouteQuestion } from "../sip/sip.ts";

/**
 * What administrators wrote about domains and numbers (SipRole), as the SIP core asks for it. A domain before a number, the longest number
 * or prefix first; whatever nobody wrote about stays with the back-to-back agent.
 */
export function routeByRoles(roles: () => readonly SipRole[]): (question: RouteQuestion) => RouteDecision {
  return (question) => {
    const role = find(roles(), question);
    if (!role) return { as: "agent" };
    const { user } = question.target;
    const account = { account: user };
    // no targets: the phones of that user; for another domain that is one of ours only, as no number there was said to be public
    if (role.targets.length === 0 && !question.target.ours && !question.trusted) return { as: "agent" };
    const targets = role.targets.map(({ uri, q }) => ({ uri: withUser(uri, user), q }));
    if (role.role === "redirect") return { as: "redirect", status: role.status, contacts: targets.length === 0 ? [{ ...account, q: 1 }] : targets };
    const byQ = Map.groupBy(targets, ({ q }) => q);
    const groups = targets.length === 0 ? [[account]] : [...byQ].sort(([a], [b]) => b - a).map(([, group]) => group.map(({ uri }) => ({ uri })));
    return { as: "proxy", groups, recordRoute: role.recordRoute, follow: role.targets.map(({ uri }) => hostOf(uri)) };
  };
}

/** A number of the centre, which another node has, or nobody yet: refused so that the proxy in front tries that one, or the caller tries again. */
export function centreElsewhere(route: (question: RouteQuestion) => RouteDecision, isElsewhere: (user: string) => boolean): (question: RouteQuestion) => RouteDecision {
  return (question) => (question.target.ours && isElsewhere(question.target.user) ? { as: "refuse", status: 503 } : route(question));
}

function find(roles: readonly SipRole[], { target }: RouteQuestion): SipRole | null {
  let best: SipRole | null = null;
  for (const role of roles) {
    if (/[A-Za-z.]/.test(role.match)) {
      if (role.match.toLowerCase() === target.host) return role;
    } else if (target.ours && (role.match.endsWith("*") ? target.user.startsWith(role.match.slice(0, -1)) : target.user === role.match)) {
      // an exact number has no star and is longer than, or as long as, any prefix of it and its star
      if (!best || role.match.replace("*", "").length > best.match.replace("*", "").length || !role.match.endsWith("*")) best = role;
    }
  }
  return best;
}

/** A target without a user part keeps the one that was asked for: "sip:gateway.example". */
function withUser(uri: string, user: string): string {
  return uri.includes("@") ? uri : uri.replace(/^(sips?:)/i, (scheme) => `${scheme}${encodeURIComponent(user).replaceAll("%2B", "+")}@`);
}

function hostOf(uri: string): string {
  return /^sips?:(?:[^@]*@)?(\[[^\]]*\]|[^:;?]+)/i.exec(uri)?.[1]?.replace(/^\[|\]$/g, "") ?? "";
}
