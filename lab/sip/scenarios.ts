/** What sipp sends: the calls of RFC 3665 3.1 without digest, and registrations with it. */
import { OK } from "../../server/src/app/sipp-parts.ts";

const SDP = "v=0\no=u 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [local_ip]\nt=0 0\nm=audio 6000 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n";
const TOP = "Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]\nMax-Forwards: 70";

/** INVITE, 180, 200, ACK, BYE, 200; response time 1: INVITE to 180, response time 2: BYE to 200. */
export const CALLER = `<?xml version="1.0" encoding="ISO-8859-1" ?><scenario name="caller">
<send retrans="500" start_rtd="1"><![CDATA[
INVITE sip:service@[remote_ip]:[remote_port] SIP/2.0
${TOP}
From: "sipp" <sip:sipp@[local_ip]:[local_port]>;tag=[pid]a[call_number]
To: <sip:service@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:sipp@[local_ip]:[local_port]>
Subject: bench
Content-Type: application/sdp
Content-Length: [len]

${SDP}]]></send>
<recv response="100" optional="true"/><recv response="180" optional="true" rtd="1"/><recv response="200" rrs="true"/>
<send><![CDATA[
ACK [next_url] SIP/2.0
${TOP}
[routes]
From: "sipp" <sip:sipp@[local_ip]:[local_port]>;tag=[pid]a[call_number]
To: <sip:service@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Content-Length: 0

]]></send>
<pause milliseconds="[hold]"/>
<send retrans="500" start_rtd="2"><![CDATA[
BYE [next_url] SIP/2.0
${TOP}
[routes]
From: "sipp" <sip:sipp@[local_ip]:[local_port]>;tag=[pid]a[call_number]
To: <sip:service@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 BYE
Content-Length: 0

]]></send>
<recv response="200" rtd="2"/>
</scenario>`;

const ANSWER = "[last_Via:]\n[last_Record-Route:]\n[last_From:]\n[last_To:];tag=[pid]b[call_number]\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:[local_ip]:[local_port]>";
export const CALLEE = `<?xml version="1.0" encoding="ISO-8859-1" ?><scenario name="callee">
<recv request="INVITE"/>
<send><![CDATA[
SIP/2.0 180 Ringing
${ANSWER}
Content-Length: 0

]]></send>
<send retrans="500"><![CDATA[
SIP/2.0 200 OK
${ANSWER}
Content-Type: application/sdp
Content-Length: [len]

${SDP}]]></send>
<recv request="ACK"/>
<recv request="BYE"/>
${OK}
</scenario>`;

const register = (cseq: number, more: string): string => `<send retrans="500"${cseq === 2 ? ' start_rtd="1"' : ""}><![CDATA[
REGISTER sip:bench.test SIP/2.0
${TOP}
From: <sip:[field0]@bench.test>;tag=[pid]r[call_number]
To: <sip:[field0]@bench.test>
Call-ID: [call_id]
CSeq: ${cseq} REGISTER
Contact: <sip:[field0]@[local_ip]:[local_port]>
${more}Expires: 3600
Content-Length: 0

]]></send>`;
export const REGISTER = `<?xml version="1.0" encoding="ISO-8859-1" ?><scenario name="register">
${register(1, "")}<recv response="401" auth="true"/>${register(2, "[field1]\n")}<recv response="200" rtd="1"/>
</scenario>`;
