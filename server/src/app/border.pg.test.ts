/** The border of the whole server: real sockets, real rows, the API that administrators use. */
import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import type { BanView, BorderCounts, BorderNotice, BorderRules, FraudRules } from "@tandem/protocol";
import { testSite, type TestSite } from "../api/test-site.ts";
import { until, type Person } from "../api/test-client.ts";
import { sign, write, type Written } from "../sip/raw-peer.ts";
import { describeNumber } from "./border-setup.ts";

let at: TestSite;
let lea: Person;
let password: string;
const sockets: Socket[] = [];
const flowOf = (remoteAddress: string, remotePort: number) => ({ id: "", transport: "udp" as const, remoteAddress, remotePort, localAddress: "127.0.0.1", localPort: 5060 });

/** A peer at an address of its own. */
async function peer(address: string): Promise<{ ask(written: Written): Promise<string>; silent(written: Written): Promise<boolean> }> {
  const socket = createSocket("udp4");
  sockets.push(socket);
  socket.bind(0, address);
  await once(socket, "listening");
  const heard: string[] = [];
  socket.on("message", (bytes) => void heard.push(bytes.toString("latin1")));
  const send = (written: Written): void => socket.send(write(flowOf(address, socket.address().port), written), at.server.sipPort, "127.0.0.1");
  return {
    async ask(written) {
      const before = heard.length;
      send(written);
      while (heard.length === before) await once(socket, "message");
      return heard[before]!;
    },
    /** Nothing came, although what another peer asked after it was answered. */
    async silent(written) {
      const before = heard.length;
      send(written);
      const other = await peer("127.0.0.250");
      await other.ask({});
      return heard.length === before;
    },
  };
}

const rules = async (): Promise<BorderRules> => (await lea.call("GET", "/api/telephony/border")).body as unknown as BorderRules;

before(async () => {
  at = await testSite();
  password = at.server.secrets!.password;
  lea = await at.site.signIn("lea", password);
});
after(async () => {
  for (const socket of sockets) socket.close();
  await at?.stop();
});

test("an access rule holds at once, for UDP and TCP, and after a restart; one that is no network is refused", async () => {
  const eve = await peer("127.0.0.9");
  assert.match(await eve.ask({}), /^SIP\/2.0 200/);
  const now = await rules();
  const bad = await lea.call("PUT", "/api/telephony/border", { ...now, access: [{ network: "127.0.0.300/8", allow: false, note: "" }] });
  assert.deepEqual([bad.status, bad.body.code], [400, "bad-input"]);
  const put = await lea.call("PUT", "/api/telephony/border", { ...now, access: [{ network: "127.0.0.9", allow: false, note: "Eve" }] });
  assert.equal(put.status, 200);
  assert.equal(await eve.silent({}), true);
  const { port } = (await lea.call("GET", "/api/admin/sip")).body as { port: number };
  const tcp = connect({ port, host: "127.0.0.1", localAddress: "127.0.0.9" });
  await once(tcp, "close");
  await at.restart();
  lea = await at.site.signIn("lea", password);
  assert.deepEqual((await rules()).access, [{ network: "127.0.0.9", allow: false, note: "Eve" }]);
  assert.equal(await (await peer("127.0.0.9")).silent({}), true);
  assert.ok(((await lea.call("GET", "/api/telephony/border/counts")).body as unknown as BorderCounts).denied > 0);
});

test("a ban of the last run is in force, listed, and lifted by an administrator; then the address is answered", async () => {
  const nowMs = Date.now();
  await at.database.db.query("INSERT INTO border_ban (address, why, since_ms, until_ms) VALUES ('127.0.0.77', 'passwords', $1, $2), ('127.0.0.78', 'passwords', $1, $3)", [nowMs - 10_000, nowMs + 600_000, nowMs - 1]);
  await at.restart();
  lea = await at.site.signIn("lea", password);
  const eve = await peer("127.0.0.77");
  assert.equal(await eve.silent({}), true);
  const list = (await lea.call("GET", "/api/telephony/bans")).body as unknown as BanView[];
  assert.deepEqual(list.map(({ address, refused }) => [address, refused]), [["127.0.0.77", 1]], "the one that ended is not in force");
  assert.equal((await lea.call("DELETE", "/api/telephony/bans/127.0.0.77")).status, 204);
  assert.equal((await lea.call("DELETE", "/api/telephony/bans/127.0.0.77")).status, 404);
  assert.match(await eve.ask({}), /^SIP\/2.0 200/);
  assert.equal((await at.database.db.query("SELECT 1 FROM border_ban WHERE address = '127.0.0.77'")).length, 0);
});

test("wrong passwords are told to administrators; from this machine they end in no ban, but in no more guesses", async () => {
  const { failuresBeforeBan } = await rules();
  const eve = await peer("127.0.0.13");
  const register: Written = { method: "REGISTER", uri: "sip:tandem.test", from: "<sip:lea@tandem.test>;tag=g", to: "<sip:lea@tandem.test>", headers: ["Contact: <sip:lea@127.0.0.13>"] };
  const challenge = await eve.ask(register);
  for (let i = 0; i < failuresBeforeBan; i++) assert.match(await eve.ask({ ...register, headers: [...register.headers!, sign(challenge, register, "lea", `guess${i}`, "md5", i + 1)] }), /^SIP\/2.0 401/);
  // what is told is written down behind the refusal
  const notices = await until("the notice", async () => {
    const told = (await lea.call("GET", "/api/telephony/border/notices")).body as unknown as BorderNotice[];
    return told[0]?.kind === "guessing" && told;
  });
  assert.deepEqual(notices.slice(0, 1).map(({ kind, account, address, count }) => [kind, account, address, count]), [["guessing", "lea", "127.0.0.13", failuresBeforeBan]]);
});

test("fraud rules are kept; what a number is comes from its plan", async () => {
  const fraud = (await lea.call("GET", "/api/telephony/fraud")).body as unknown as FraudRules;
  const put = await lea.call("PUT", "/api/telephony/fraud", { ...fraud, spendPerHour: 1_000, prices: [{ prefix: "+", perMinute: 2 }] });
  assert.equal(put.status, 200);
  assert.equal((await lea.call("PUT", "/api/telephony/fraud", { ...fraud, allowedCountries: ["France"] })).status, 400);
  await at.restart();
  lea = await at.site.signIn("lea", password);
  assert.equal(((await lea.call("GET", "/api/telephony/fraud")).body as unknown as FraudRules).spendPerHour, 1_000);
  assert.deepEqual(describeNumber("+33140000000"), { country: "FR", premium: false });
  assert.deepEqual(describeNumber("+33899123456"), { country: "FR", premium: true });
  assert.deepEqual(describeNumber("+447012345678"), { country: "GB", premium: true });
  assert.deepEqual(describeNumber("+8816123456"), { country: null, premium: false });
  assert.deepEqual(describeNumber("nonsense"), { country: null, premium: false });
});
