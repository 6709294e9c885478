/** For tests of calls: one of ours placed, one of theirs written by hand, two hosts on a network that loses, requests within a dialog. */
import type { SipCommand } from "./contract.ts";
import { LossyNet, sdp, type TestHost } from "./lossy-net.ts";
import { field, type RawBench, type RawPeer, type Written } from "./raw-peer.ts";

type Invite = Extract<SipCommand, { type: "invite" }>;

export const call = (ref: string, more: Partial<Invite> = {}): Invite =>
  ({ type: "invite", ref, target: { uri: "sip:100@10.0.0.2" }, from: { user: "alice", display: "" }, sdp: sdp("a"), noAnswerMs: 60_000, ...more });

export const invite = (more: Partial<Written> = {}): Written => ({
  method: "INVITE", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>", body: sdp("eve"), callId: "ext", cseq: 1,
  ...more, headers: ["Contact: <sip:eve@203.0.113.5>", "Content-Type: application/sdp", ...(more.headers ?? [])],
});

/** Two hosts; `b` does what the test says. */
export function pair(seed: number): { net: LossyNet; a: TestHost; b: TestHost; ref(): string } {
  const net = new LossyNet(seed);
  const a = net.host("10.0.0.1", { domain: "a.test" });
  const b = net.host("10.0.0.2");
  return { net, a, b, ref: () => b.of("incoming").at(-1)!.ref };
}

/** Requests in the dialog that a provisional answer of the core made. */
export function within(peer: RawPeer, answer: string): (written: Written) => string[] {
  const dialog = { uri: /^Contact: <([^>]+)>/m.exec(answer)![1]!, from: field(answer, "From"), to: field(answer, "To"), callId: field(answer, "Call-ID") };
  return (written) => peer.send({ ...dialog, ...written });
}

export const command = (bench: RawBench, one: SipCommand): string[] => bench.take(bench.core.command(one, bench.nowMs));
