/** For tests and the flood of the lab: messages as peers write them, and what a hostile or broken one makes of them. */
import type { Chance } from "../base/chance.ts";
import { sdp } from "./lossy-net.ts";
import { write } from "./raw-peer.ts";

const FLOW = { id: "", transport: "udp" as const, remoteAddress: "198.51.100.7", remotePort: 5060, localAddress: "192.0.2.1", localPort: 5060 };

/** One of each kind, whole and right; latin1 text of the wire. */
export const corpus: readonly string[] = [
  write(FLOW, { callId: "o" }),
  write(FLOW, { method: "REGISTER", from: "<sip:1001@tandem.test>;tag=a", to: "<sip:1001@tandem.test>", headers: ['Contact: "Léa" <sip:1001@198.51.100.7:5060;transport=udp>;q=0.7;expires=60;+sip.instance="<urn:uuid:1>";reg-id=1', "Supported: path, outbound, gruu", "Path: <sip:p@198.51.100.1;lr>"] }),
  write(FLOW, { method: "REGISTER", from: "<sip:1001@tandem.test>;tag=a", to: "<sip:1001@tandem.test>", headers: ["Contact: *", "Expires: 0", 'Authorization: Digest username="1001", realm="tandem.test", nonce="0loyw3v28001SdTOCUM-2WqaNRab", uri="sip:tandem.test", response="d41d8cd98f00b204e9800998ecf8427e", algorithm=MD5, qop=auth, nc=00000001, cnonce="c\\"q"'] }),
  write(FLOW, { method: "INVITE", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>", headers: ["Contact: <sip:eve@198.51.100.7>", "Content-Type: application/sdp", "Record-Route: <sip:p1.test;lr>, <sip:p2.test;lr>", "Session-Expires: 1800;refresher=uac", "Supported: timer, 100rel, replaces", "Allow: INVITE, ACK, BYE, CANCEL, UPDATE", "Diversion: <sip:1@x.test>;reason=no-answer", "Replaces: abc;to-tag=1;from-tag=2"], body: sdp("a") }),
  write(FLOW, { method: "INVITE", uri: "tel:+33140000000;phone-context=tandem.test", to: "<tel:+33140000000>", headers: ["m: sip:eve@198.51.100.7", "c: multipart/mixed;boundary=b", "x: 90", "k: timer"], body: "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--b--" }),
  write(FLOW, { method: "ACK", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>;tag=z" }),
  write(FLOW, { method: "BYE", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>;tag=z", headers: ['Reason: Q.850;cause=16;text="Terminated"'] }),
  write(FLOW, { method: "CANCEL", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>" }),
  write(FLOW, { method: "MESSAGE", uri: "sip:100@tandem.test", headers: ["Content-Type: text/plain;charset=utf-8"], body: "bonjour" }),
  write(FLOW, { method: "SUBSCRIBE", uri: "sip:1001@tandem.test", headers: ["Event: dialog;id=1", "Accept: application/dialog-info+xml", "Contact: <sip:eve@198.51.100.7>", "Expires: 300"] }),
  write(FLOW, { method: "PUBLISH", uri: "sip:1001@tandem.test", headers: ["Event: presence", "SIP-If-Match: x", "Content-Type: application/pidf+xml"], body: '<?xml version="1.0"?><presence entity="sip:1001@tandem.test"><tuple id="a"><status><basic>open</basic></status></tuple></presence>' }),
  write(FLOW, { method: "REFER", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>;tag=z", headers: ["Refer-To: <sip:200@tandem.test?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2>", "Referred-By: <sip:eve@198.51.100.7>", "Contact: <sip:eve@198.51.100.7>"] }),
  write(FLOW, { method: "PRACK", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>;tag=z", headers: ["RAck: 1 1 INVITE"] }),
  write(FLOW, { method: "INFO", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>;tag=z", headers: ["Content-Type: application/dtmf-relay"], body: "Signal=5\r\nDuration=160" }),
  write(FLOW, { method: "UPDATE", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>;tag=z", headers: ["Contact: <sip:eve@198.51.100.7>", "Content-Type: application/sdp"], body: sdp("a") }),
  write(FLOW, { method: "NOTIFY", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>;tag=z", headers: ["Event: refer", "Subscription-State: active;expires=60", "Content-Type: message/sipfrag"], body: "SIP/2.0 100 Trying" }),
  `SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx;received=192.0.2.1;rport=5060\r\nFrom: <sip:100@tandem.test>;tag=1\r\nTo: <sip:eve@198.51.100.7>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nContact: <sip:eve@198.51.100.7>\r\nContent-Type: application/sdp\r\nContent-Length: ${sdp("b").length}\r\n\r\n${sdp("b")}`,
  "SIP/2.0 401 Unauthorized\r\nv: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx\r\nf: <sip:100@tandem.test>;tag=1\r\nt: <sip:eve@198.51.100.7>;tag=2\r\ni: c\r\nCSeq: 1 REGISTER\r\nWWW-Authenticate: Digest realm=\"x\", nonce=\"y\", qop=\"auth,auth-int\", algorithm=SHA-256\r\nl: 0\r\n\r\n",
];

/** Pieces that parsers trip over. */
const PIECES = ["\r\n", "\n", "\r", "\r\n\r\n", "\0", " ", "\t", ":", ";", ",", "<", ">", '"', "\\", "=", "%", "%00", "%zz", "@", "?", "&", "[", "]", "[::1]", "[", "sip:", "sips:", "tel:", "SIP/2.0", "Via: ", "v:", "Content-Length: 99999", "l: -1", "\xff\xfe", "é", "4294967296", "-1", "0", "999999999999", "z9hG4bK", ";tag=", ";branch=", ";lr", ";rport", "(", ")", "/", "*"];

/** What becomes of a message: one to six small changes, or a graft of another. */
export function mutate(text: string, chance: Chance, others: readonly string[] = corpus): string {
  let out = text;
  const below = (n: number): number => Math.floor(chance.next() * n);
  const changes = 1 + below(6);
  for (let i = 0; i < changes; i++) {
    const at = below(out.length + 1);
    const length = below(chance.next() < 0.8 ? 8 : 400);
    switch (below(9)) {
      case 0: out = out.slice(0, at) + String.fromCharCode(below(256)) + out.slice(at + 1); break;
      case 1: out = out.slice(0, at) + PIECES[below(PIECES.length)]! + out.slice(at); break;
      case 2: out = out.slice(0, at) + out.slice(at + length); break;
      case 3: out = out.slice(0, at) + out.slice(at, at + length).repeat(1 + below(30)) + out.slice(at); break;
      case 4: out = out.slice(0, at); break;
      case 5: {
        const other = others[below(others.length)]!;
        out = out.slice(0, at) + other.slice(below(other.length));
        break;
      }
      case 6: {
        const lines = out.split("\r\n");
        const [a, b] = [below(lines.length), below(lines.length)];
        [lines[a], lines[b]] = [lines[b]!, lines[a]!];
        out = lines.join("\r\n");
        break;
      }
      case 7: out = out.replace(/\d+/g, (digits) => (chance.next() < 0.15 ? String(below(2 ** 34) - 5) : digits)); break;
      default: {
        const lines = out.split("\r\n");
        const line = below(lines.length);
        lines.splice(line, 0, ...Array.from({ length: 1 + below(80) }, () => lines[line]!));
        out = lines.join("\r\n");
      }
    }
    if (out.length > 60_000) out = out.slice(0, 60_000);
  }
  return out;
}
