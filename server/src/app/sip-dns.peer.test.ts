/** Names of SIP servers (RFC 3263) asked of a real name server: dnsmasq (Debian). */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { createSipDns, inSrvOrder, type SipDns } from "./sip-dns.ts";
import { freePort } from "./peer-network.ts";
import { run, type Run } from "./trunk-rig.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-dns-"));
const clock = new VirtualClock(1_800_000_000_000);
let server: string;
let peer: Run;
let dns: SipDns;

const ZONE = [
  // full: NAPTR prefers TLS, then TCP; each with its SRV
  "--naptr-record=full.test,20,1,s,SIP+D2T,,_sip._tcp.full.test", "--naptr-record=full.test,10,1,s,SIPS+D2T,,_sips._tcp.full.test", "--naptr-record=full.test,10,2,s,SIP+D2X,,_sip._xyz.full.test",
  "--srv-host=_sip._tcp.full.test,one.full.test,5080,1,0", "--srv-host=_sips._tcp.full.test,two.full.test,5081,1,0",
  "--host-record=one.full.test,198.51.100.1", "--host-record=two.full.test,198.51.100.2,2001:db8::2",
  // SRV only, with priorities and weights
  "--srv-host=_sip._udp.srv.test,a.srv.test,5061,10,3", "--srv-host=_sip._udp.srv.test,b.srv.test,5062,10,1", "--srv-host=_sip._udp.srv.test,c.srv.test,5063,5,0",
  "--host-record=a.srv.test,198.51.100.11", "--host-record=b.srv.test,198.51.100.12", "--host-record=c.srv.test,198.51.100.13",
  // address only
  "--host-record=plain.test,198.51.100.21",
  // many
  ...Array.from({ length: 40 }, (_, i) => `--host-record=many.test,198.51.100.${i + 100}`),
];

async function start(extra: readonly string[] = []): Promise<void> {
  peer = run("dnsmasq", ["-k", "-C", "/dev/null", "--no-resolv", "--no-hosts", "--local=/test/", "--bind-interfaces", "--listen-address=127.0.0.1", "--except-interface=none", `--port=${server.split(":")[1]}`, "--pid-file=", "--user=root", "--local-ttl=30", ...ZONE, ...extra], folder);
  // it listens when TCP does
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(Number(server.split(":")[1]), "127.0.0.1", () => (socket.destroy(), resolve(true)));
      socket.on("error", () => resolve(false));
    });
    if (open) return;
    assert.equal(peer.child.exitCode, null, peer.output());
    await new Promise((resolve) => setImmediate(resolve));
  }
}

before(async () => {
  server = `127.0.0.1:${await freePort()}`;
  dns = createSipDns({ clock, chance: seededChance(2), log: silentLog, servers: [server] });
  await start();
});
after(async () => {
  peer.child.kill();
  await peer.done;
  rmSync(folder, { recursive: true, force: true });
});

const shown = async (uri: string): Promise<string> => (await dns.find(uri)).map(({ transport, host, port }) => `${transport}:${host}:${port}`).join(" ");

test("RFC 3263 4.1 and 4.2 by NAPTR, SRV and addresses", async () => {
  // NAPTR order decides; what we do not speak is passed over; both families of an address
  assert.equal(await shown("sip:full.test"), "tls:198.51.100.2:5081 tls:2001:db8::2:5081 tcp:198.51.100.1:5080");
  assert.equal(await shown("sips:full.test"), "tls:198.51.100.2:5081 tls:2001:db8::2:5081");
  // a transport named: SRV of that one, without NAPTR
  assert.equal(await shown("sip:full.test;transport=tcp"), "tcp:198.51.100.1:5080");
  // a port named: addresses only
  assert.equal(await shown("sip:two.full.test:5099"), "udp:198.51.100.2:5099 udp:2001:db8::2:5099");
  assert.equal(await shown("sip:plain.test:5099;transport=tls"), "tls:198.51.100.21:5099");
  // no records: addresses at the default port
  assert.equal(await shown("sip:plain.test"), "udp:198.51.100.21:5060");
  assert.equal(await shown("sip:plain.test;transport=tls"), "tls:198.51.100.21:5061");
  assert.equal(await shown("sips:plain.test"), "tls:198.51.100.21:5061");
  assert.equal(await shown("sip:nowhere.test"), "");
  assert.equal(await shown("rubbish"), "");
  assert.equal((await dns.find("sip:many.test")).length, 12);
});

test("SRV without NAPTR: the lowest priority first, then by weight", async () => {
  const firsts = new Map<string, number>();
  for (let i = 0; i < 2_000; i++) {
    const [c, first] = (await dns.find("sip:srv.test")).map(({ port }) => port);
    assert.equal(c, 5063);
    firsts.set(String(first), (firsts.get(String(first)) ?? 0) + 1);
  }
  // weights 3 and 1, drawn from 0 to the sum as RFC 2782 says
  const share = firsts.get("5061")! / 2_000;
  assert.ok(share > 0.55 && share < 0.85, String(share));
  assert.deepEqual(inSrvOrder([{ priority: 2, weight: 0 }, { priority: 1, weight: 0 }], seededChance(1)).map(({ priority }) => priority), [1, 2]);
});

test("answers are kept for their time, also without a name server; then asked again", async () => {
  assert.equal(await shown("sip:plain.test"), "udp:198.51.100.21:5060");
  peer.child.kill();
  await peer.done;
  assert.equal(await shown("sip:plain.test"), "udp:198.51.100.21:5060");
  clock.advance(31_000); // dnsmasq said 30 s
  assert.equal(await shown("sip:plain.test"), "");
  await start();
  clock.advance(6_000);
  assert.equal(await shown("sip:plain.test"), "udp:198.51.100.21:5060");
});
