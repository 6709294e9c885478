/**
 * Call flows of RFC 3665 (session set-up) and RFC 5359 (services), and the extensions of a call (PRACK, UPDATE, session timers,
 * Replaces, REFER), with sipp on each side of a back-to-back user agent on real sockets and media. Scenarios: sipp/*.xml.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { until } from "../api/test-client.ts";
import { tone, writeWav } from "../rtp/rtp.ts";
import { Linphone } from "./linphone.ts";
import { sipp, startFlowRig, type FlowRig, type Sipp } from "./flow-rig.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-flows-"));
let rig: FlowRig;
before(async () => {
  rig = await startFlowRig();
});
after(async () => {
  await rig.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function passed(...runs: Sipp[]): Promise<void> {
  const ends = await Promise.all(runs.map(async (run) => ({ ...(await run.done), port: run.port })));
  for (const { code, output, port } of ends) {
    if (code === 0) continue;
    const traces = readdirSync(folder).filter((name) => name.includes(`-${port}.`)).map((name) => `${name}:\n${readFileSync(join(folder, name), "latin1").slice(-6000)}`);
    assert.fail(`${output.slice(-1500)}\n${traces.join("\n")}`);
  }
}

/** Every leg is over and both tables are empty. */
async function nothingLeft(): Promise<void> {
  await until("every leg is over", () => rig.legs.size === 0);
}

/** Caller and callee scenarios, one call through us. */
async function through(uac: string, uas: string, more: { reliable?: boolean; transport?: "udp" | "tcp" } = {}): Promise<void> {
  const { reliable, transport = "udp" } = more;
  const callee = await sipp(uas, { cwd: folder, transport });
  rig.targets.set("callee", { target: { uri: `sip:bob@127.0.0.1:${callee.port}${transport === "tcp" ? ";transport=tcp" : ""}` }, noAnswerMs: 60_000, ...(reliable && { reliable }) });
  await passed(await sipp(uac, { to: transport === "tcp" ? rig.tcpPort : rig.port, cwd: folder, transport }), callee);
  await nothingLeft();
}


const since = (mark: number): string[] => rig.heard.slice(mark).map(({ event }) => event.type);

test("RFC 3665 3.1: a session is established through us and ended by the caller", () => through("uac-basic", "uas-basic"));

test("RFC 3665 3.1: ... and by the callee; its reason (Q.850) reaches the caller", async () => {
  const mark = rig.events.length;
  await through("uac-hung-up", "uas-hangs-up");
  const ended = rig.events.slice(mark).find((event) => event.type === "ended" && event.by === "peer");
  assert.deepEqual(ended?.type === "ended" && ended.causes, [{ protocol: "Q.850", cause: 16, text: "Normal call clearing" }]);
});

test("RFC 3665 3.3: an INVITE is challenged and comes again with the password", () => through("uac-auth", "uas-basic"));

test("RFC 3665 3.6: an INVITE without an offer: ours in the 200, the answer in the ACK", () => through("uac-offerless", "uas-basic"));

test("RFC 3665 3.7: a re-INVITE with a new address", () => through("uac-moves", "uas-basic"));

test("RFC 3665 3.8: the caller gives up: CANCEL on both legs, 487, the reason goes with it", () => through("uac-gives-up", "uas-cancelled"));

test("RFC 3665 3.9: busy; the ISDN cause reaches the caller", () => through("uac-refused-486", "uas-busy"));

test("RFC 3665 3.11: temporarily unavailable", () => through("uac-refused-480", "uas-unavailable"));

test("RFC 3665 3.8 and 3.10: nobody answers, nobody is there: 408 in our time; no such number: 404; too many hops: 483", async () => {
  const silent = await sipp("uas-cancelled", { cwd: folder });
  rig.targets.set("nobody", { target: { uri: "sip:bob@127.0.0.1:9" }, noAnswerMs: 800 });
  await passed(await sipp("uac-refused-408", { to: rig.port, service: "nobody", cwd: folder }));
  await passed(await sipp("uac-refused-404", { to: rig.port, service: "unheard-of", cwd: folder }));
  await passed(await sipp("uac-refused-483", { to: rig.port, cwd: folder }));
  // the one that rings is cancelled by us
  rig.targets.set("callee", { target: { uri: `sip:bob@127.0.0.1:${silent.port}` }, noAnswerMs: 60_000 });
  await passed(await sipp("uac-gives-up", { to: rig.port, cwd: folder }), silent);
  await nothingLeft();
});

test("early media: the callee's 183 becomes ours, and the description stays the same in the 200", () => through("uac-early", "uas-early"));

test("PRACK (RFC 3262) on both legs: required by the caller, used by the callee", async () => {
  await through("uac-prack", "uas-prack");
  await through("uac-prack", "uas-prack", { reliable: true });
});

test("PRACK towards a callee whose caller knows nothing of it", () => through("uac-early", "uas-prack"));

test("UPDATE (RFC 3311) before the answer, from the caller", () => through("uac-update", "uas-early"));

test("UPDATE (RFC 3311) before the answer, from the callee", () => through("uac-early", "uas-update"));

test("session timers (RFC 4028): 422, the refresher that we are told, refreshes by UPDATE and re-INVITE", () => through("uac-refresh", "uas-basic"));

test("session timers (RFC 4028 7.3): a callee's 422 makes us ask again", () => through("uac-basic", "uas-422"));

test("hold and resume (RFC 5359 2.1) pass through", async () => {
  const mark = rig.heard.length;
  await through("uac-hold", "uas-held");
  assert.deepEqual(since(mark).filter((type) => type === "held").length, 2);
});

test("a re-INVITE without an offer gets ours", () => through("uac-reinvite-offerless", "uas-basic"));

test("glare: two re-INVITEs at once are both refused with 491, waited for and answered (RFC 3261 14.1)", async () => {
  const callee = await sipp("uas-glare", { cwd: folder });
  rig.on = (ref, event) => {
    if (event.type === "up" && ref === "glare") rig.legs.hold(ref);
  };
  rig.legs.invite("glare", { kind: "rtp", target: { uri: `sip:bob@127.0.0.1:${callee.port}` }, from: { user: "a", display: "" }, noAnswerMs: 60_000 }, (event) => rig.on("glare", event));
  await until("our offer is answered", () => rig.events.some((event) => event.type === "offerAnswered" && event.ref === "glare"));
  rig.legs.hangUp("glare", "");
  await passed(callee);
  rig.on = () => undefined;
  await nothingLeft();
});

test("unattended transfer (RFC 5359 2.4): REFER, NOTIFY, the target is called and takes the transferor's place", async () => {
  const target = await sipp("uas-basic", { cwd: folder });
  rig.targets.set("target", { target: { uri: `sip:carol@127.0.0.1:${target.port}` }, noAnswerMs: 60_000 });
  const callee = await sipp("uas-basic", { cwd: folder });
  rig.targets.set("callee", { target: { uri: `sip:bob@127.0.0.1:${callee.port}` }, noAnswerMs: 60_000 });
  await passed(await sipp("uac-refer-blind", { to: rig.port, cwd: folder }));
  assert.equal(rig.legs.size, 2, "callee and target talk on without the transferor");
  for (const { ref } of rig.heard) rig.legs.hangUp(ref, "over");
  await passed(callee, target);
  await nothingLeft();
});

test("a transfer to nobody is refused, and the call goes on", () => through("uac-refer-refused", "uas-basic"));

for (const [name, scenario] of [["attended transfer (RFC 5359 2.5): REFER with Replaces of the consulting call", "uac-refer-attended"], ["early attended transfer (RFC 5589 7.6): the target still rings", "uac-refer-early"]] as const) {
  test(name, async () => {
    const target = await sipp(scenario === "uac-refer-early" ? "uas-slow" : "uas-basic", { cwd: folder });
    rig.targets.set("target", { target: { uri: `sip:carol@127.0.0.1:${target.port}` }, noAnswerMs: 60_000 });
    const callee = await sipp("uas-basic", { cwd: folder });
    rig.targets.set("callee", { target: { uri: `sip:bob@127.0.0.1:${callee.port}` }, noAnswerMs: 60_000 });
    await passed(await sipp(scenario, { to: rig.port, cwd: folder }));
    assert.equal(rig.legs.size, 2, "callee and target talk on without the transferor");
    for (const { ref } of rig.heard) rig.legs.hangUp(ref, "over");
    await passed(callee, target);
    await nothingLeft();
  });
}

test("attended transfer by linphone: hold, a second call, REFER with Replaces; both others talk on, the one on hold is taken back", async () => {
  const [callee, target] = [await sipp("uas-held", { cwd: folder }), await sipp("uas-basic", { cwd: folder })];
  rig.targets.set("callee", { target: { uri: `sip:bob@127.0.0.1:${callee.port}` }, noAnswerMs: 60_000 });
  rig.targets.set("target", { target: { uri: `sip:carol@127.0.0.1:${target.port}` }, noAnswerMs: 60_000 });
  const home = mkdtempSync(join(folder, "linphone-"));
  writeFileSync(join(home, "tone.wav"), writeWav([tone(440, 480_000, 0.3)]));
  const mark = rig.events.length;
  const phone = await Linphone.start({ folder: home, source: join(home, "tone.wav"), address: "127.0.0.1", cafile: null });
  try {
    phone.say(`call sip:callee@127.0.0.1:${rig.port}`);
    await phone.until("first call", (text) => /Media streams established .* for call 1/.test(text));
    phone.say("pause");
    await phone.until("hold", (text) => /Call 1 .* is now paused/.test(text));
    phone.say(`call sip:target@127.0.0.1:${rig.port}`);
    await phone.until("second call", (text) => /Media streams established .* for call 2/.test(text));
    phone.say("transfer 1 --to-call 2");
    await phone.until("outcome", (text) => text.includes("of call 1 has been transfered") && /Call 2 .* ended/.test(text));
    const refer = rig.events.slice(mark).find((event) => event.type === "refer");
    const [first, second] = rig.events.slice(mark).filter((event) => event.type === "incoming").map((event) => event.ref);
    assert.ok(refer?.type === "refer");
    assert.deepEqual([refer.ref, refer.target.replaces?.ref], [first, second]);
    await until("two legs are left", () => rig.legs.size === 2);
    await until("both offers are answered", () => rig.events.slice(mark).filter((event) => event.type === "offerAnswered").length === 2);
  } finally {
    await phone.stop();
  }
  for (const { ref } of rig.heard) rig.legs.hangUp(ref, "over");
  await passed(callee, target);
  await nothingLeft();
});

test("we transfer a peer: REFER with Replaces and Referred-By from us, its NOTIFYs tell the outcome", async () => {
  const [callee, other] = [await sipp("uas-referred", { cwd: folder }), await sipp("uas-basic", { cwd: folder })];
  const results: (readonly [number, boolean])[] = [];
  await new Promise<void>((resolve) => {
    const up = new Set<string>();
    const hear = (ref: string) => (event: { type: string; status?: number; final?: boolean }): void => {
      if (event.type === "up") up.add(ref);
      if (event.type === "up" && up.size === 2) rig.legs.refer("transferee", "sip:target@tandem.local", { replaces: "consulted", referredBy: "sip:boss@tandem.local" });
      if (event.type !== "referResult") return;
      results.push([event.status!, event.final!]);
      if (event.final) resolve();
    };
    rig.legs.invite("transferee", { kind: "rtp", target: { uri: `sip:bob@127.0.0.1:${callee.port}` }, from: { user: "a", display: "" }, noAnswerMs: 60_000 }, hear("transferee"));
    rig.legs.invite("consulted", { kind: "rtp", target: { uri: `sip:carol@127.0.0.1:${other.port}` }, from: { user: "a", display: "" }, noAnswerMs: 60_000 }, hear("consulted"));
  });
  assert.deepEqual(results, [[100, false], [200, true]]);
  rig.legs.hangUp("transferee", "");
  rig.legs.hangUp("consulted", "");
  await passed(callee, other);
  await nothingLeft();
});

test("Replaces (RFC 3891): a second call of the same peer takes the first one over, which is ended", () => through("uac-replaces", "uas-basic"));

for (const [uac, uas] of [["uac-basic", "uas-basic"], ["uac-hung-up", "uas-hangs-up"], ["uac-offerless", "uas-basic"], ["uac-gives-up", "uas-cancelled"], ["uac-refused-486", "uas-busy"], ["uac-prack", "uas-prack"], ["uac-early", "uas-update"], ["uac-refresh", "uas-basic"], ["uac-hold", "uas-held"]] as const) {
  test(`over TCP on both sides: ${uac}, ${uas}`, () => through(uac, uas, { transport: "tcp" }));
}
