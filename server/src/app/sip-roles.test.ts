import assert from "node:assert/strict";
import { test } from "node:test";
import type { SipRole } from "@tandem/protocol";
import type { RouteQuestion } from "../sip/sip.ts";
import { routeByRoles } from "./sip-roles.ts";

const role = (match: string, more: Partial<SipRole> = {}): SipRole => ({ match, role: "proxy", targets: [], status: 302, recordRoute: true, ...more });
const ask = (user: string, host = "ours.test", trusted = false): RouteQuestion =>
  ({ method: "INVITE", target: { scheme: "sip", user, host, ours: host === "ours.test" }, from: { user: "a", host: "b", display: "", account: null }, trusted });

test("the longest number or prefix counts, a number before a prefix, and what nobody wrote about is the agent's", () => {
  const to = (host: string): Partial<SipRole> => ({ targets: [{ uri: `sip:${host}`, q: 1 }] });
  const route = routeByRoles(() => [role("4*", to("four")), role("40*", to("forty")), role("4001", to("exact")), role("40012*", to("longer"))]);
  const host = (user: string): string => {
    const decision = route(ask(user));
    return decision.as === "proxy" ? (decision.groups[0]![0] as { uri: string }).uri : decision.as;
  };
  assert.deepEqual(["4999", "4002", "4001", "400123", "5000"].map(host), ["sip:4999@four", "sip:4002@forty", "sip:4001@exact", "sip:400123@longer", "agent"]);
  assert.equal(route(ask("4001", "elsewhere.test")).as, "agent", "a number of ours is none elsewhere");
});

test("targets of equal q ring together, lower ones later; a target with a user keeps it; 3xx of targets may lead to their hosts", () => {
  const route = routeByRoles(() => [role("branch.example", { targets: [{ uri: "sip:gw1.example", q: 1 }, { uri: "sip:backup@[2001:db8::1]:5070", q: 0.2 }, { uri: "sip:gw2.example", q: 1 }] })]);
  assert.deepEqual(route(ask("+33 1", "branch.example")), {
    as: "proxy", recordRoute: true, groups: [[{ uri: "sip:+33%201@gw1.example" }, { uri: "sip:+33%201@gw2.example" }], [{ uri: "sip:backup@[2001:db8::1]:5070" }]],
    follow: ["gw1.example", "2001:db8::1", "gw2.example"],
  });
});

test("no targets stand for the phones of that user: for strangers in our own domain only", () => {
  const route = routeByRoles(() => [role("4*", { role: "redirect", status: 301 }), role("branch.example")]);
  assert.deepEqual(route(ask("4001")), { as: "redirect", status: 301, contacts: [{ account: "4001", q: 1 }] });
  assert.equal(route(ask("4001", "branch.example")).as, "agent");
  assert.deepEqual(route(ask("4001", "branch.example", true)), { as: "proxy", groups: [[{ account: "4001" }]], recordRoute: true, follow: [] });
});
