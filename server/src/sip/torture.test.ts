/**
 * The cases of RFC 4475, by its names, each in our own words on one base message: what a server of ours must answer, over TCP so that
 * no answer is held back for its size. "100" = taken as a call, "" = no answer, "2xx heard" = a response that its transaction takes.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sdp } from "./lossy-net.ts";
import { RawBench } from "./raw-peer.ts";

const base = (method: string, more: readonly string[] = [], body = ""): string => [
  `${method} sip:100@tandem.test SIP/2.0`, "Via: SIP/2.0/TCP host1.test;branch=z9hG4bK1", "Max-Forwards: 70", "From: <sip:caller@a.test>;tag=11", "To: <sip:100@tandem.test>",
  "Call-ID: torture", `CSeq: 1 ${method}`, "Contact: <sip:caller@host1.test>", ...(body === "" ? [] : ["Content-Type: application/sdp"]), ...more, `Content-Length: ${body.length}`, "", body,
].join("\r\n");
const INVITE = base("INVITE", [], sdp("t"));
const OPTIONS = base("OPTIONS");

const cases: readonly [name: string, text: string, expected: string][] = [
  // 3.1.1 valid messages
  ["wsinv", INVITE
    .replace("Via: SIP/2.0/TCP host1.test;branch=z9hG4bK1", "v:  SIP  / 2.0  / TCP     host1.test   ;\r\n  branch  =   z9hG4bK1  ,  SIP  /    2.0   / UDP  192.0.2.1\r\n ; branch = z9hG4bK2")
    .replace("Max-Forwards: 70", "MaX-fOrWaRdS: 0068").replace("To:", "TO :\r\n").replace("From:", "from   :").replace("CSeq: 1 INVITE", "cseq: 0009\r\n  INVITE")
    .replace("Contact: <sip:caller@host1.test>", 'm:"Quoted string \\"\\"" <sip:caller@host1.test> ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33').replace("Call-ID", "I")
    .replace("\r\nContent-Type", "\r\ns :\r\nNewHeader:   new value\r\n continued\r\nUnknownHeader: ;;,,;;,;\r\nContent-Type"), "100"],
  ["intmeth", base("!interesting-Method0123456789_*+`.%indeed'~").replace("From: <sip", "From: \"=\\x \xe2\x98\xba\" <sip"), "405"],
  ["esc01", OPTIONS.replace("sip:100@", "sip:sips%3Auser%40example.com@"), "200"],
  ["escnull", base("REGISTER").replace("To: <sip:100@", "To: <sip:null-%00-null@"), "401"],
  ["esc02", base("RE%47IST%45R"), "405"],
  ["lwsdisp", OPTIONS.replace("From: <sip", "From: caller<sip"), "200"],
  ["longreq", INVITE.replace("\r\nVia:", `\r\n${Array.from({ length: 33 }, (_, i) => `Via: SIP/2.0/TCP sip${i}.test;branch=z9hG4bK${"very".repeat(20)}${i}`).join("\r\n")}\r\nVia:`)
    .replace("From: <sip:caller@", `From: "${"I have a user name of extreme proportion ".repeat(10)}" <sip:${"amazinglylongcallername".repeat(10)}@`), "100"],
  ["dblreq", `${base("REGISTER")}${INVITE}`, "401"],
  ["semiuri", OPTIONS.replace("sip:100@", "sip:user;par=u%40example.net@"), "200"],
  ["transports", OPTIONS.replace("\r\nMax", "\r\nVia: SIP/2.0/UDP t1.test;branch=z9hG4bKa\r\nVia: SIP/2.0/SCTP t2.test;branch=z9hG4bKb\r\nVia: SIP/2.0/TLS t3.test;branch=z9hG4bKc\r\nVia: SIP/2.0/UNKNOWN t4.test;branch=z9hG4bKd\r\nMax"), "200"],
  ["mpart01", base("MESSAGE", ["Content-Type: multipart/signed; boundary=b"], "--b\r\n\r\n\0\xff--b--").replace("Content-Type: application/sdp\r\n", ""), "415"],
  ["unreason", base("x").replace(/^.*\r\n/, "SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe\r\n").replace("1 x", "1 INVITE"), ""],
  ["noreason", base("x").replace(/^.*\r\n/, "SIP/2.0 100 \r\n").replace("1 x", "1 INVITE"), ""],
  // 3.1.2 invalid messages
  ["badinv01", INVITE.replace("Contact: <sip:caller@host1.test>", 'Contact: "Joe" <sip:joe@example.org>;;;;'), "400"],
  ["clerr", INVITE.replace(/Content-Length: \d+/, "Content-Length: 9999"), "400"],
  ["ncl", INVITE.replace(/Content-Length: \d+/, "Content-Length: -999"), "400"],
  ["scalar02", base("REGISTER").replace("CSeq: 1", "CSeq: 36893488147419103232"), "400"],
  ["scalarlg", base("x").replace(/^.*\r\n/, "SIP/2.0 503 No\r\n").replace("CSeq: 1 x", "CSeq: 9292394834772304023312 OPTIONS"), ""],
  ["quotbal", INVITE.replace("To: <sip", 'To: "Mr. J. User <sip'), "400"],
  ["ltgtruri", INVITE.replace("INVITE sip:100@tandem.test", "INVITE <sip:100@tandem.test>"), "400"],
  ["lwsruri", INVITE.replace("tandem.test SIP", "tandem.test; lr SIP"), "400"],
  ["lwsstart", INVITE.replace("INVITE sip:100@tandem.test ", "INVITE  sip:100@tandem.test  "), "400"],
  ["trws", OPTIONS.replace("SIP/2.0\r\n", "SIP/2.0  \r\n"), "400"],
  ["escruri", INVITE.replace("tandem.test SIP", "tandem.test?Route=%3Csip:x.test%3E SIP"), "400"],
  ["baddate", INVITE.replace("Contact:", "Date: Fri, 01 Jan 2010 16:00:00 EST\r\nContact:"), "100"],
  ["regbadct", base("REGISTER").replace("<sip:caller@host1.test>", "sip:user@example.com?Route=%3Csip:x.test%3E"), "401"],
  ["badaspec", OPTIONS.replace("To: <sip:100@tandem.test>", 'To: "Watson, Thomas" < sip:t.watson@example.org >'), "200"],
  ["baddn", OPTIONS.replace("To: <sip", "To: Watson, Thomas <sip"), "400"],
  ["badvers", OPTIONS.replace("SIP/2.0\r\n", "SIP/7.0\r\n").replace("Via: SIP/2.0", "Via: SIP/7.0"), "505"],
  ["mismatch01", OPTIONS.replace("1 OPTIONS", "1 INVITE"), "400"],
  ["mismatch02", base("NEWMETHOD").replace("1 NEWMETHOD", "1 INVITE"), "400"],
  ["bigcode", base("x").replace(/^.*\r\n/, "SIP/2.0 4294967301 better not\r\n").replace("1 x", "1 INVITE"), ""],
  // 3.2 transaction layer
  ["badbranch", OPTIONS.replace("branch=z9hG4bK1", "branch=z9hG4bK"), "200"],
  // 3.3 application layer
  ["insuf", INVITE.replace(/From: .*\r\n/, "").replace(/Call-ID: .*\r\n/, ""), "400"],
  ["unkscm", OPTIONS.replace("sip:100@tandem.test", "nobodyKnowsThisScheme:totallyopaquecontent"), "416"],
  ["novelsc", OPTIONS.replace("sip:100@tandem.test", "soap.beep://192.0.2.103:3002"), "416"],
  ["unksm2", base("REGISTER").replace("To: <sip:100@tandem.test>", "To: <isbn:2983792873>"), "401"],
  ["bext01", base("OPTIONS", ["Require: nothingSupportsThis, nothingSupportsThisEither"]), "420"],
  ["invut", base("INVITE", ["Content-Type: application/unknownformat"], "<audio/>").replace("Content-Type: application/sdp\r\n", ""), "415"],
  ["regaut01", base("REGISTER", ["Authorization: NoOneKnowsThisScheme opaque-data=here"]), "401"],
  ["multi01", INVITE.replace("Max-Forwards: 70", "Max-Forwards: 5\r\nFrom: other <sip:o@a.test>;tag=3\r\nMax-Forwards: 70"), "400"],
  ["mcl01", OPTIONS.replace("Content-Length: 0", "Content-Length: 13\r\nContent-Length: 5"), "400"],
  ["bcast", base("x").replace(/^.*\r\n/, "SIP/2.0 200 OK\r\n").replace("1 x", "1 INVITE").replace("host1.test", "255.255.255.255"), ""],
  ["zeromf", OPTIONS.replace("Max-Forwards: 70", "Max-Forwards: 0"), "200"],
  ["cparam01", base("REGISTER").replace("<sip:caller@host1.test>", "sip:+19725552222@gw1.example.net;unknownparam"), "401"],
  ["cparam02", base("REGISTER").replace("<sip:caller@host1.test>", "<sip:+19725552222@gw1.example.net;unknownparam>"), "401"],
  ["regescrt", base("REGISTER").replace("<sip:caller@host1.test>", "<sip:user@example.com?Route=%3Csip:sip.example.com%3E>"), "401"],
  ["sdp01", base("INVITE", ["Accept: text/nobodyKnowsThis"], sdp("t")), "100"],
  // 3.4 backward compatibility
  ["inv2543", INVITE.replace(";branch=z9hG4bK1", "").replace("Max-Forwards: 70\r\n", "").replace(";tag=11", "").replace(/Contact: .*\r\n/, ""), "100"],
];

test("RFC 4475: every case has its answer, none is left out", () => {
  for (const [name, text, expected] of cases) {
    const bench = new RawBench();
    const out = bench.peer("203.0.113.5", "tcp").raw(text);
    assert.equal(out[0]?.split(" ")[1] ?? "", expected, `${name}:\n${text}\n->\n${out.join("\n")}`);
    assert.equal(bench.of("incoming").length, expected === "100" ? 1 : 0, name);
  }
  assert.equal(cases.length, 49);
});

test("the contact of a registration without brackets loses what belongs to the header (cparam01), with them it keeps it (cparam02)", () => {
  const bench = new RawBench();
  const phone = bench.peer("203.0.113.5");
  for (const contact of ["sip:a@gw.test;unknownparam", "<sip:b@gw.test;unknownparam>;q=1"]) {
    const [answer] = phone.sendSigned({ method: "REGISTER", from: "<sip:1001@tandem.test>;tag=1", to: "<sip:1001@tandem.test>", headers: [`Contact: ${contact}`] }, "1001", "pw");
    assert.match(answer!, /^SIP\/2.0 200/);
  }
  assert.deepEqual(bench.core.contacts("1001", bench.nowMs).map((c) => c.contact).toSorted(), ["sip:a@gw.test", "sip:b@gw.test;unknownparam"]);
});
