/** A server on "::": one phone that knows only IPv6, one that knows only IPv4, in one call. The media goes from one family to the other. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { tone, writeWav } from "../rtp/rtp.ts";
import { Baresip } from "./baresip.ts";
import { hearsFor } from "./phone-sound.ts";
import { DOMAIN, PASSWORD, startVoiceRig } from "./voice-rig.ts";

const CONTEXT = { callerName: "Ana", callerNumber: "+33611", queueName: "Ventes", ringMs: 20_000 };

/** A way that does not work carries nothing. */
const HEARD_MS = 500;

/** An interface with both families, beside loopback (baresip refuses lo): its name and addresses. */
function bothFamilies(): { name: string; v4: string; v6: string } | null {
  for (const [name, all] of Object.entries(networkInterfaces())) {
    const v4 = all?.find((one) => one.family === "IPv4" && !one.internal)?.address;
    const v6 = all?.find((one) => one.family === "IPv6" && !one.internal && !/^fe[89ab]/i.test(one.address))?.address;
    if (v4 !== undefined && v6 !== undefined) return { name, v4, v6 };
  }
  return null;
}

/** Containers often have no IPv6 outside: a line of our own, both ends here. Needs root; gone with the test. */
const OWN = { name: `six${process.pid.toString(36)}`, v4: "198.51.100.65", v6: "fd00:74:616e::2" };
function ownLine(): typeof OWN {
  const ip = (line: string): void => void execFileSync("ip", line.split(" "), { stdio: "pipe" });
  const [one, other] = [OWN.name, `${OWN.name}b`];
  ip(`link add ${one} type veth peer name ${other}`);
  after(() => ip(`link delete ${one}`));
  // what one says to an own address goes by lo
  for (const name of ["lo", one, other]) {
    const isOff = `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`;
    const was = readFileSync(isOff, "utf8");
    writeFileSync(isOff, "0");
    if (name === "lo") after(() => writeFileSync(isOff, was));
    else ip(`link set ${name} up`);
  }
  ip(`address add ${OWN.v4}/30 dev ${one}`);
  ip(`-6 address add ${OWN.v6}/64 dev ${one} nodad`);
  return OWN;
}

test("a phone of IPv4 calls, a phone of IPv6 answers: each hears the other's tone", { timeout: 180_000 }, async () => {
  const { name: interfaceName, v4, v6 } = bothFamilies() ?? ownLine();
  const rig = await startVoiceRig({ host: "::", accounts: [{ account: "bob", kind: "phone" }] });
  for (const freqHz of [440, 1000]) writeFileSync(join(rig.folder, `${freqHz}.wav`), writeWav([tone(freqHz, 300_000, 0.3)]));
  const agent = await Baresip.start({
    interfaceName, folder: join(rig.folder, "agent"), source: join(rig.folder, "1000.wav"), config: ["net_af ipv6"],
    account: `<sip:bob@${DOMAIN};transport=udp>;auth_user=bob;auth_pass=${PASSWORD};outbound="sip:[${v6}]:${rig.sip.ports.udp}";regint=60;answermode=auto;audio_codecs=PCMA,PCMU`,
  });
  const customer = await Baresip.start({
    interfaceName, folder: join(rig.folder, "customer"), source: join(rig.folder, "440.wav"), config: ["net_af ipv4"], account: "<sip:ana@outside.example>;regint=0;audio_codecs=PCMA,PCMU",
  });
  try {
    await rig.registered("bob");
    assert.deepEqual(rig.sip.contacts("bob").map(({ address }) => address), [v6]);
    customer.command("dial", `sip:3000@${v4}:${rig.sip.ports.udp}`);
    const { id } = await rig.until("arrival", () => rig.told.find((one) => one.type === "arrived"));
    rig.voice.open(id);
    rig.voice.ring(id, "bob", CONTEXT);
    await rig.event(id, "agentAnswered");
    rig.voice.connect(id, "bob");
    await Promise.all([hearsFor(agent, 440, HEARD_MS), hearsFor(customer, 1000, HEARD_MS)]);
    customer.command("hangup");
    await rig.event(id, "customerLeft");
    rig.voice.end(id, "over");
    await agent.until("end", ({ type }) => type === "CALL_CLOSED");
  } finally {
    await Promise.all([customer.stop(), agent.stop()]);
    await rig.stop();
  }
});
