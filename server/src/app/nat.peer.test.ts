/**
 * A real NAT: two phones in a network namespace of their own, behind another that masquerades with random ports (iptables). Their SDP
 * says addresses that we cannot reach. Needs root, `ip netns` and iptables.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { tone, writeWav } from "../rtp/rtp.ts";
import { Baresip } from "./baresip.ts";
import { hearsFor, toneMs } from "./phone-sound.ts";
import { DOMAIN, PASSWORD, startVoiceRig, type VoiceRig } from "./voice-rig.ts";

const CONTEXT = { callerName: "Ana", callerNumber: "+33611", queueName: "Ventes", ringMs: 20_000 };
/** A way that is lost carries nothing; more than what was on its way when the NAT changed. */
const HEARD_MS = 1_000;
/** Interfaces have fifteen letters at most. */
const id = process.pid.toString(36);
const [home, nat] = [`tandem-home-${id}`, `tandem-nat-${id}`];
const US = "198.51.100.1";
const OUTSIDE_OF_NAT = "198.51.100.2";

const ip = (line: string, input = ""): void => void execFileSync("ip", line.split(" "), { stdio: "pipe", input });
const inNat = (line: string, input?: string): void => ip(`netns exec ${nat} ${line}`, input);
let rig: VoiceRig;
let agent: Baresip;
let customer: Baresip;

before(async () => {
  ip(`netns add ${home}`);
  ip(`netns add ${nat}`);
  // home 10.77.0.2 - 10.77.0.1 nat 198.51.100.2 - 198.51.100.1 we; and a line of ours to the phones' controls
  ip(`link add h${id} netns ${home} type veth peer name hn${id} netns ${nat}`);
  ip(`link add u${id} type veth peer name un${id} netns ${nat}`);
  ip(`link add c${id} type veth peer name ch${id} netns ${home}`);
  for (const [where, line] of [
    [home, "link set lo up"], [home, `address add 10.77.0.2/24 dev h${id}`], [home, `link set h${id} up`], [home, `address add 10.78.0.2/24 dev ch${id}`], [home, `link set ch${id} up`], [home, "route add default via 10.77.0.1"],
    [nat, `address add 10.77.0.1/24 dev hn${id}`], [nat, `link set hn${id} up`], [nat, `address add ${OUTSIDE_OF_NAT}/24 dev un${id}`], [nat, `link set un${id} up`],
  ] as const) ip(`-n ${where} ${line}`);
  ip(`address add ${US}/24 dev u${id}`);
  ip(`link set u${id} up`);
  ip(`address add 10.78.0.1/24 dev c${id}`);
  ip(`link set c${id} up`);
  inNat("tee /proc/sys/net/ipv4/ip_forward", "1\n");
  inNat(`iptables -t nat -A POSTROUTING -o un${id} -j MASQUERADE --random`);
  rig = await startVoiceRig({ host: US, accounts: [{ account: "bob", kind: "phone" }] });
  for (const freqHz of [440, 1000]) writeFileSync(join(rig.folder, `${freqHz}.wav`), writeWav([tone(freqHz, 300_000, 0.3)]));
  const phone = { interfaceName: `h${id}`, inside: { namespace: home, control: "10.78.0.2" } };
  agent = await Baresip.start({
    ...phone, folder: join(rig.folder, "agent"), source: join(rig.folder, "1000.wav"),
    account: `<sip:bob@${DOMAIN};transport=udp>;auth_user=bob;auth_pass=${PASSWORD};outbound="sip:${US}:${rig.sip.ports.udp}";regint=60;answermode=auto;audio_codecs=PCMA,PCMU`,
  });
  customer = await Baresip.start({ ...phone, folder: join(rig.folder, "customer"), source: join(rig.folder, "440.wav"), account: "<sip:ana@outside.example>;regint=0;audio_codecs=PCMA,PCMU" });
});

after(async () => {
  await Promise.all([customer?.stop(), agent?.stop()]);
  await rig?.stop();
  for (const namespace of [home, nat]) ip(`netns delete ${namespace}`);
});

test("two phones behind one NAT: ringing, sound both ways, and both again after the NAT gave them other ports", { timeout: 180_000 }, async () => {
  await rig.registered("bob");
  const [contact] = rig.sip.contacts("bob");
  assert.match(contact?.contact ?? "", /@10\.77\.0\.2:/, "it says its own address");
  assert.equal(contact?.address, OUTSIDE_OF_NAT, "we see the NAT's");
  customer.command("dial", `sip:3000@${US}:${rig.sip.ports.udp}`);
  const { id: call } = await rig.until("arrival", () => rig.told.find((one) => one.type === "arrived"));
  rig.voice.open(call);
  rig.voice.ring(call, "bob", CONTEXT);
  await rig.event(call, "agentAnswered");
  rig.voice.connect(call, "bob");
  await Promise.all([hearsFor(agent, 440, HEARD_MS), hearsFor(customer, 1000, HEARD_MS)]);
  // the kernel forgets what it masqueraded by an interface that goes down: every flow gets another port
  ip(`-n ${nat} link set un${id} down`);
  ip(`-n ${nat} link set un${id} up`);
  const before = { agent: toneMs(agent.hearing(), 440), customer: toneMs(customer.hearing(), 1000) };
  await Promise.all([hearsFor(agent, 440, before.agent + HEARD_MS), hearsFor(customer, 1000, before.customer + HEARD_MS)]);
  customer.command("hangup");
  await rig.event(call, "customerLeft");
  rig.voice.end(call, "over");
  await customer.until("end", ({ type }) => type === "CALL_CLOSED");
  agent.command("hangup"); // our BYE went to the port that the NAT had before
  await agent.until("end", ({ type }) => type === "CALL_CLOSED");
});
