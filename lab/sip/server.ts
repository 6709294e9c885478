/** Tandem's SIP alone, as one process (or several on one port, decision 0026) for `bench-sip.ts`: the real core and the real sockets, without a database, media or the room above. */
import { fork } from "node:child_process";
import { hash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { realChance, realClock } from "../../server/src/app/real-ports.ts";
import { openSipSockets, type SipSockets } from "../../server/src/app/sip-sockets.ts";
import { silentLog } from "../../server/src/base/log.ts";
import { createSipCore, type RouteDecision, type SipBinding, type SipEvent } from "../../server/src/sip/sip.ts";

const { values } = parseArgs({ options: {
  role: { type: "string", default: "proxy" }, port: { type: "string", default: "15100" }, target: { type: "string", default: "" }, domain: { type: "string", default: "bench.test" }, workers: { type: "string", default: "1" }, secret: { type: "string", default: "" },
} });
const workers = Number(values.workers);
const uri = `sip:service@${values.target}`;
const decision: RouteDecision = values.role === "proxy" ? { as: "proxy", groups: [[{ uri }]], recordRoute: true } : { as: "agent" };
const md5 = (text: string): string => hash("md5", text, "hex");

/** What workers tell each other: a registration is known to all. */
type Word = "memory" | { binding: SipBinding };

/** The parent of several: hands words on, counts memory together. */
async function lead(): Promise<void> {
  const secret = Buffer.from(realChance.bytes(32)).toString("hex");
  const children = Array.from({ length: workers }, () => fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), "--workers", "1", "--secret", secret], { execArgv: process.execArgv, stdio: "inherit" }));
  for (const child of children) {
    child.on("message", (word: Word | "ready") => {
      if (typeof word === "object") for (const other of children) if (other !== child) other.send(word);
    });
  }
  await Promise.all(children.map((child) => new Promise((ready) => child.once("message", ready))));
  process.send?.("ready");
}

let sockets: SipSockets;
let restoring = false;
const others = new Map<string, string>();
/** The room above for a back-to-back agent: what `voice` and `exchange` tell the core, without media. */
function hear(event: SipEvent): void {
  if (values.secret !== "" && event.type === "bindingChanged" && !event.gone && !restoring) process.send?.({ binding: event.binding });
  if (values.role !== "b2bua") return;
  if (event.type === "incoming") {
    const ref = `o${event.ref}`;
    others.set(ref, event.ref).set(event.ref, ref);
    sockets.command({ type: "invite", ref, target: { uri }, from: { user: event.from.user, display: event.from.display }, sdp: event.sdp ?? "", noAnswerMs: 60_000 });
    return;
  }
  if (!("ref" in event)) return;
  const other = others.get(event.ref);
  if (other === undefined) return;
  if (event.type === "ringing") sockets.command({ type: "progress", ref: other, status: 180 });
  else if (event.type === "answered") sockets.command({ type: "answer", ref: other, sdp: event.sdp });
  else if (event.type === "failed") sockets.command({ type: "reject", ref: other, status: event.status, reason: event.reason });
  else if (event.type === "ended" || event.type === "cancelled") {
    others.delete(event.ref);
    others.delete(other);
    sockets.command({ type: "hangUp", ref: other, reason: "" });
  }
}

async function serve(): Promise<void> {
  const core = createSipCore({
    domain: values.domain, chance: realChance, isPublicTarget: () => true, isKnownSource: () => true, route: () => decision, ...(values.secret !== "" && { secret: values.secret }),
    credentials: (account) => ({ account, ha1Md5: md5(`${account}:${values.domain}:pw`), ha1Sha256: null }),
  });
  sockets = await openSipSockets({ host: "127.0.0.1", udpPort: Number(values.port), udpShared: values.secret !== "", tcpPort: 0, core, clock: realClock, log: silentLog, hear });
  process.on("message", (word: Word) => {
    if (word !== "memory") {
      restoring = true;
      sockets.restore([word.binding]);
      restoring = false;
      return;
    }
    globalThis.gc?.();
    process.send?.({ heapBytes: process.memoryUsage().heapUsed, rssBytes: process.memoryUsage().rss });
  });
  process.send?.("ready");
}

process.on("disconnect", () => process.exit());
process.once("SIGTERM", () => process.exit()); // a profile is written on exit
await (workers > 1 ? lead() : serve());
