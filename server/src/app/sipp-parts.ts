/** For tests and benchmarks: what sipp says in several scenarios. */

/** 200 to the request just heard (RFC 3261 8.2.6.2), without a body. */
export const OK = `<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>`;

/**
 * A call from an operator's network: INVITE, 200, ACK, BYE after `holdMs`. `from`, `to`: addresses in angle brackets, a display name before
 * the former if it has one. `headers`: further ones of the INVITE; `always`: of INVITE and BYE.
 */
export function networkCall({ request, from, to, headers = [], always = [], holdMs = 0 }: { request: string; from: string; to: string; headers?: readonly string[]; always?: readonly string[]; holdMs?: number }): string {
  const within = (method: "ACK" | "BYE", cseq: number): string => `<send${method === "BYE" ? ' retrans="5000"' : ""}><![CDATA[
${[
    `${method} [next_url] SIP/2.0`, "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]", "Max-Forwards: 70", "[routes]", `From: ${from};tag=[call_number]`, "[last_To:]", "Call-ID: [call_id]",
    `CSeq: ${cseq} ${method}`, ...(method === "BYE" ? always : []), "Content-Length: 0",
  ].join("\n")}

]]></send>`;
  return `<?xml version="1.0" encoding="ISO-8859-1" ?><scenario name="network">
<send retrans="5000"><![CDATA[
${[
    `INVITE ${request} SIP/2.0`, "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]", "Max-Forwards: 70", `From: ${from};tag=[call_number]`, `To: ${to}`, "Call-ID: [call_id]", "CSeq: 1 INVITE",
    "Contact: <sip:network@[local_ip]:[local_port]>", ...headers, ...always, "Content-Type: application/sdp", "Content-Length: [len]",
  ].join("\n")}

v=0
o=n 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 6000 RTP/AVP 0

]]></send>
<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="200" rrs="true"/>
${within("ACK", 1)}
<pause milliseconds="${holdMs}"/>
${within("BYE", 2)}
<recv response="200"/>
</scenario>`;
}
