/** Trunks on the whole server: written by the API, a seat calls out through Kamailio, a call comes in and brings its data to the agent. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { silentLog } from "../base/log.ts";
import type { Directory } from "../directory/directory.ts";
import type { Interaction } from "../hub/hub.ts";
import { createSipCore, type SipEvent } from "../sip/sip.ts";
import { Desktop, until, type Person } from "../api/test-client.ts";
import { clues } from "../api/views.ts";
import { testSite, type TestSite } from "../api/test-site.ts";
import { callee, operator } from "./kamailio-operator.ts";
import { realChance, realClock } from "./real-ports.ts";
import { openSipSockets, type SipSockets } from "./sip-sockets.ts";
import { networkCall } from "./sipp-parts.ts";
import { offer, run, TRUNK } from "./trunk-rig.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-trunk-site-"));
let at: TestSite;
let admin: Person;
let password: string;

before(async () => {
  at = await testSite();
  password = at.server.secrets!.password;
  admin = await at.site.signIn("lea", password);
});
after(async () => {
  await at.stop();
  rmSync(folder, { recursive: true, force: true });
});

const BODY = { ...TRUNK, password: null };

/** A telephone made of our own user agent: it registers and answers challenges as trunks do. */
async function telephone(account: string, secret: string): Promise<{ sockets: SipSockets; events: SipEvent[]; home: string }> {
  const core = createSipCore({ domain: "phone.test", chance: realChance, isPublicTarget: () => true, credentials: () => null });
  const events: SipEvent[] = [];
  const sockets = await openSipSockets({ host: "127.0.0.1", udpPort: 0, tcpPort: 0, core, clock: realClock, log: silentLog, hear: (event) => void events.push(event) });
  const home = `127.0.0.1:${at.server.sipPort}`;
  sockets.command({ type: "registerAt", ref: "me", registrar: `sip:tandem.test`, aor: `sip:${account}@tandem.test`, contactUser: account, auth: { username: account, password: secret }, expiresS: 300, via: { transport: "udp", host: "127.0.0.1", port: at.server.sipPort } });
  await until("the telephone's registration", () => events.some((e) => e.type === "registration" && e.state === "registered"));
  return { sockets, events, home };
}

test("trunks and routes by the API: kept, checked, live; the password is never sent back", async () => {
  const made = await admin.call("POST", "/api/telephony/trunks", { ...BODY, name: "Checked", active: false, password: "s3cret" });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const id = made.body["id"] as string;
  const listed = async (): Promise<Record<string, unknown>> => ((await admin.call("GET", "/api/telephony/trunks")).body as unknown as Record<string, unknown>[]).find((row) => row["id"] === id)!;
  const row = await listed();
  assert.deepEqual([row["hasPassword"], (row["live"] as { state: string; why: string }).state, (row["live"] as { why: string }).why.length > 0], [true, "off", true]);
  assert.ok(!JSON.stringify(row).includes("s3cret"));
  const [stored] = await at.database.db.query<{ password: string; body: object }>(`SELECT password, body FROM trunk WHERE id = '${id}'`);
  assert.ok(!Buffer.from(stored!.password, "base64").includes("s3cret") && !JSON.stringify(stored!.body).includes("s3cret"));
  // null keeps it, also over a restart
  assert.equal((await admin.call("PUT", `/api/telephony/trunks/${id}`, { ...BODY, name: "Renamed", active: false })).status, 200);
  await at.restart();
  admin = await at.site.signIn("lea", password);
  assert.deepEqual([(await listed())["name"], (await listed())["hasPassword"]], ["Renamed", true]);

  for (const [change, code, field] of [
    [{ name: "Renamed" }, "taken", "name"], [{ addresses: ["198.51.100.0/33"] }, "bad-input", "addresses"], [{ registers: true, username: "" }, "contradiction", "username"], [{ domain: "x>\r\nEvil: 1" }, "bad-input", "domain"],
    [{ callerNumber: { mode: "fixed", number: null } }, "contradiction", "callerNumber"], [{ headerRules: [{ when: "out", header: "X-A", do: "set", value: "a\r\nEvil: 1" }] }, "bad-input", "headerRules"],
  ] as const) {
    const refused = await admin.call("POST", "/api/telephony/trunks", { ...BODY, name: "Other", ...change });
    assert.deepEqual([refused.body.code, refused.body.field], [code, field], JSON.stringify(change));
  }
  const route = { name: "R", prefixes: ["+"], trunks: [{ trunkId: id, priority: 1, weight: 1 }] };
  assert.equal((await admin.call("POST", "/api/telephony/routes", { ...route, trunks: [{ ...route.trunks[0], trunkId: "trk_none" }] })).body.code, "unknown-reference");
  const routed = await admin.call("POST", "/api/telephony/routes", route);
  assert.equal(routed.status, 200);
  assert.equal((await admin.call("DELETE", `/api/telephony/trunks/${id}`)).body.code, "in-use");
  assert.equal((await admin.call("DELETE", `/api/telephony/routes/${routed.body["id"] as string}`)).status, 204);
  assert.equal((await admin.call("DELETE", `/api/telephony/trunks/${id}`)).status, 204);
  assert.equal((await admin.call("PUT", "/api/telephony/stir", { certificateUrl: "https://certs.example/a.pem", certificate: "", roots: [], allowedHosts: [], attestAs: "A", privateKey: "none" })).body.code, "contradiction");
});

test("a seat dials a national number: the trunk registers at Kamailio, the call leaves in E.164 with the seat's number, is answered, and ends", async () => {
  const { port, calleePort, peer } = await operator(folder, "op.test", "s3cret");
  const { peer: uas, log } = callee(folder, calleePort);
  let phone: Awaited<ReturnType<typeof telephone>> | null = null;
  try {
    const trunk = await admin.call("POST", "/api/telephony/trunks", { ...BODY, name: "Kamailio", port, domain: "op.test", registers: true, username: "line1", password: "s3cret", keepAliveS: 30 });
    const routed = await admin.call("POST", "/api/telephony/routes", { name: "All", prefixes: ["+"], trunks: [{ trunkId: trunk.body["id"], priority: 1, weight: 1 }] });
    assert.equal(routed.status, 200, JSON.stringify(routed.body));
    await until("the trunk to be up", async () => ((await admin.call("GET", "/api/telephony/trunks")).body as unknown as { live: { state: string; why: string } }[])[0]?.live.state === "up");
    const words = ((await admin.call("GET", "/api/telephony/trunks")).body as unknown as { live: { why: string } }[])[0]!.live.why;
    assert.match(words, /^(enregistré jusqu’à|registered until) \d\d:\d\d/);

    const seat = await admin.call("POST", "/api/telephony/seats", { name: "Outside Caller", login: "outside.caller", userId: null, extension: "271", callClass: "national", language: "fr", email: null, agent: false });
    assert.equal(seat.status, 200, JSON.stringify(seat.body));
    const { account, phonePassword } = seat.body as unknown as { account: string; phonePassword: string };
    const made = (phone = await telephone(account, phonePassword));
    const dial = (ref: string, number: string): void => made.sockets.command({
      type: "invite", ref, target: { uri: `sip:${number}@tandem.test` }, from: { user: account, display: "", host: "tandem.test" }, sdp: offer, noAnswerMs: 60_000,
      auth: { username: account, password: phonePassword }, via: { transport: "udp", host: "127.0.0.1", port: at.server.sipPort },
    });
    // beyond the seat's class
    dial("abroad", "00442079460000");
    const refused = await until("the refusal", () => made.events.find((e) => (e.type === "failed" || e.type === "answered") && e.ref === "abroad"));
    assert.equal(refused.type === "failed" && refused.status, 403);
    dial("home", "0612345678");
    const answered = await until("the answer", () => made.events.find((e) => (e.type === "failed" || e.type === "answered") && e.ref === "home"));
    assert.equal(answered.type, "answered", JSON.stringify(answered));
    made.sockets.command({ type: "hangUp", ref: "home", reason: "done" });
    assert.equal(await uas.done, 0, uas.output().slice(-1_500));
    const seen = readFileSync(log, "utf8");
    // all of it went through the operator, which took our credentials out
    assert.equal(seen.match(/^BYE /gm)?.length, 1);
    assert.match(seen, /^INVITE sip:\+33612345678@/m);
    assert.match(seen, /^From: .*<sip:\+33270000100@op\.test>/m);
    assert.deepEqual(seen.split(/^-{10,}.*$/m).filter((one) => /^Proxy-Authorization/m.test(one)), []);
  } finally {
    await phone?.sockets.stop();
    peer.child.kill("SIGTERM");
    await peer.done;
    uas.child.kill();
  }
});

test("RDP-03 on the whole server: a call by a trunk brings its data to the agent's clues and the customer's record; a stranger's call does not", async () => {
  const dataHeaders = [
    { header: "X-Verified", field: "reserved_verified_customer", to: "metadata" }, { header: "X-Bad", field: "reserved_bad_actor", to: "metadata" },
    { header: "X-Repeat", field: "reserved_repeat_customer", to: "crm-record" }, { header: "X-Customer-Id", field: "customerId", to: "crm-record" },
  ];
  const scenario = join(folder, "data.xml");
  writeFileSync(scenario, DATA_CALL);
  const floor = await new Desktop(at.site, admin.cookie).ready();
  const [number] = (await admin.call("GET", "/api/admin/numbers")).body as unknown as { number: string }[];
  const arrive = async (from: string): Promise<{ customerId: string; flags: unknown[] }> => {
    const peer = run("sipp", [`127.0.0.1:${at.server.sipPort}`, "-sf", scenario, "-s", number!.number, "-key", "caller", from, "-m", "1", "-i", "127.0.0.1", "-timeout", "60s", "-nostdin"], folder);
    const found = await until("the contact", async () => {
      for (const hit of (await admin.call("GET", `/api/customers?q=${encodeURIComponent(from.slice(1))}`)).body as unknown as { id: string }[]) {
        const [row] = await at.database.db.query<{ body: Interaction }>(`SELECT body FROM interaction WHERE body -> 'customer' ->> 'id' = '${hit.id}'`);
        if (row) return { customerId: hit.id, interaction: row.body };
      }
      return null;
    });
    assert.equal(await peer.done, 0, peer.output().slice(-1_500));
    const shown = clues(found.interaction, { user: () => null } as unknown as Directory);
    return { customerId: found.customerId, flags: shown.filter(({ key }) => key === "flag").map(({ values }) => values["flag"]) };
  };
  const fields = async (id: string): Promise<Record<string, string>> =>
    Object.fromEntries(((await admin.call("GET", `/api/customers/${id}`)).body as unknown as { fields: { field: string; value: string }[] }).fields.map(({ field, value }) => [field, value]));

  const stranger = await arrive("+33612340001");
  assert.deepEqual(stranger.flags, []);
  assert.deepEqual(await fields(stranger.customerId), {});

  const made = await admin.call("POST", "/api/telephony/trunks", { ...BODY, name: "Gateway", addresses: ["127.0.0.1"], dataHeaders });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const known = await arrive("+33612340002");
  assert.deepEqual(known.flags, ["bad-actor", "unverified", "repeat"]);
  assert.deepEqual(await fields(known.customerId), { customerId: "C-77", reserved_repeat_customer: "true" });
  assert.ok(floor.frames.some((frame) => JSON.stringify(frame).includes('"flag":"unverified"')), "the desktop hears of it");
  // who withholds their number is recognised as nobody, each time anew
  const nobody = async (nth: number): Promise<string> => {
    const peer = run("sipp", [`127.0.0.1:${at.server.sipPort}`, "-sf", scenario, "-s", number!.number, "-key", "caller", "anonymous", "-m", "1", "-i", "127.0.0.1", "-timeout", "60s", "-nostdin"], folder);
    const found = await until("the contact", async () => (await at.database.db.query<{ id: string }>("SELECT body -> 'customer' ->> 'id' AS id FROM interaction WHERE body ->> 'from' = 'anonymous' ORDER BY body ->> 'createdAtMs'"))[nth]?.id);
    assert.equal(await peer.done, 0, peer.output().slice(-1_500));
    return found;
  };
  assert.notEqual(await nobody(0), await nobody(1));
  const live = ((await admin.call("GET", "/api/telephony/trunks")).body as unknown as { name: string; live: { calls: number } }[]).find(({ name }) => name === "Gateway")!;
  assert.equal(live.live.calls, 0);
});

/** A caller with the data that another system put into headers; it hangs up after a moment. */
const DATA_CALL = networkCall({
  request: "sip:[service]@[remote_ip]:[remote_port]", from: '"Data" <sip:[caller]@network.test>', to: "<sip:[service]@network.test>", holdMs: 1_500,
  headers: ["X-Verified: false", "X-Bad: yes", "X-Repeat: true", "X-Customer-Id: C-77"],
});
