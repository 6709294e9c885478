/** For tests: Kamailio (Debian) in the place of an operator. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./peer-network.ts";
import { OK } from "./sipp-parts.ts";
import { run, type Run } from "./trunk-rig.ts";

/** An operator: registrar with digest, calls of registered customers with digest (also within the call), OPTIONS answered. */
function operatorConfig(port: number, callee: number, algorithm: string, realm: string, password: string): string {
  return `#!KAMAILIO
debug=0
log_stderror=yes
children=1
disable_core_dump=yes
listen=udp:127.0.0.1:${port}
listen=tcp:127.0.0.1:${port}
tcp_children=1
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "textops.so"
loadmodule "siputils.so"
modparam("auth", "qop", "auth")
${algorithm === "MD5" ? "" : `modparam("auth", "algorithm", "${algorithm}")`}
modparam("auth", "nonce_count", 1)
modparam("registrar", "min_expires", 700)
request_route {
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  if (is_method("REGISTER")) {
    if (!pv_www_authenticate("${realm}", "${password.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}", "0")) { www_challenge("${realm}", "1"); exit; }
    save("location");
    exit;
  }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (is_method("ACK") && !has_totag()) { t_check_trans(); exit; }
  if (is_method("INVITE|BYE") && !is_present_hf("X-Network") && $sp != ${callee}) {
    if (!pv_proxy_authenticate("${realm}", "${password.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}", "0")) { proxy_challenge("${realm}", "1"); exit; }
    consume_credentials();
  }
  # RFC 3261 22.1: an ACK carries what its INVITE did; it is meant for us, not for the callee
  if (is_method("ACK")) { remove_hf("Proxy-Authorization"); }
  if (has_totag()) { loose_route(); t_relay(); exit; }
  record_route();
  if (is_present_hf("X-Network")) {
    $ru = "sip:line1@${realm}";
    if (!lookup("location")) { sl_send_reply("480", "Not here"); exit; }
  } else {
    $du = "sip:127.0.0.1:${callee}";
  }
  t_relay();
}
`;
}

/** Somebody called through the operator: keeps its Record-Route, so that the whole call goes through it. */
const CALLEE = `<?xml version="1.0" encoding="ISO-8859-1" ?><scenario name="callee">
<recv request="INVITE" rrs="true"></recv>
${["180 Ringing", "200 OK"].map((status) => `<send${status.startsWith("2") ? ' retrans="5000"' : ""}><![CDATA[
SIP/2.0 ${status}
[last_Via:]
[last_Record-Route:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:callee@[local_ip]:[local_port]>
${status.startsWith("2") ? `Content-Type: application/sdp
Content-Length: [len]

v=0
o=c 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 6002 RTP/AVP 0
` : "Content-Length: 0\n"}
]]></send>`).join("\n")}
<recv request="ACK"></recv>
<recv request="BYE"></recv>
${OK}
</scenario>`;

/** Answers one call that the operator sends it, and ends with it (exit 0). `log`: every message it saw. */
export function callee(folder: string, port: number): { peer: Run; log: string } {
  const scenario = join(folder, "callee.xml");
  writeFileSync(scenario, CALLEE);
  const log = join(folder, `callee-${port}.log`);
  return { log, peer: run("sipp", ["-sf", scenario, "-m", "1", "-i", "127.0.0.1", "-p", String(port), "-timeout", "30s", "-nostdin", "-trace_msg", "-message_file", log], folder) };
}

/** `calleePort`: where it sends its customers' calls. Ends by SIGTERM. */
export async function operator(folder: string, realm: string, password: string, algorithm = "MD5"): Promise<{ port: number; calleePort: number; peer: Run }> {
  const port = await freePort();
  const calleePort = await freePort();
  const file = join(folder, `kamailio-${port}.cfg`);
  writeFileSync(file, operatorConfig(port, calleePort, algorithm, realm, password));
  const peer = run("kamailio", ["-DD", "-E", "-f", file, "-Y", folder, "-x", "fm", "-X", "fm", "-m", "32", "-M", "4"], folder);
  return { port, calleePort, peer };
}
