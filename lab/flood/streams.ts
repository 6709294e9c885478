/**
 * Changed SIP messages over connections: TCP, TLS or WebSocket. A process of its own, as many messages as asked, on a few connections
 * that are opened again whenever the server closes them. Half of the messages are framed right, so that they reach the parser; the
 * other half is for who frames. Prints one line of JSON.
 *   streams.ts <tcp|tls|ws|wss> <port> <messages> <seed>
 */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { WebSocket } from "ws";
import { seededChance } from "../../server/src/base/chance.ts";
import { corpus, mutate } from "../../server/src/sip/test-mutate.ts";

const CONNECTIONS = 8;
/** Unsent bytes at which a connection waits: the server reads as fast as it can, not faster. */
const HIGH = 64_000;
/** Messages written in one go. */
const BURST = 20;

const [kind = "tcp", port = "0", total = "0", seed = "1"] = process.argv.slice(2);
const chance = seededChance(Number(seed));
let left = Number(total);
let [sent, opened, bytesOut, bytesBack] = [0, 0, 0, 0];
const from = performance.now();

function message(): Buffer {
  const text = mutate(corpus[Math.floor(chance.next() * corpus.length)]!, chance);
  if (chance.next() < 0.5) return Buffer.from(text, "latin1");
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return Buffer.from(text, "latin1");
  const head = text.slice(0, end).replace(/^(?:content-length|l)[ \t]*:[^\r]*\r?\n?/gim, "");
  return Buffer.from(`${head}\r\nContent-Length: ${text.length - end - 4}\r\n\r\n${text.slice(end + 4)}`, "latin1");
}

interface Line {
  write(bytes: Buffer): void;
  waiting(): number;
}

function open(): void {
  if (left <= 0) return;
  opened++;
  let alive = true;
  const gone = (): void => {
    if (!alive) return;
    alive = false;
    setTimeout(open, 1);
  };
  const feed = (line: Line): void => {
    if (!alive) return;
    for (let i = 0; i < BURST && left > 0 && line.waiting() < HIGH; i++) {
      const bytes = message();
      line.write(bytes);
      left--;
      sent++;
      bytesOut += bytes.length;
    }
    if (left > 0) setTimeout(feed, line.waiting() < HIGH ? 0 : 5, line);
    else setTimeout(finish, 2_000);
  };
  if (kind === "ws" || kind === "wss") {
    const ws = new WebSocket(`${kind}://127.0.0.1:${port}/sip`, "sip", { rejectUnauthorized: false });
    ws.on("open", () => feed({ write: (bytes) => ws.send(bytes), waiting: () => ws.bufferedAmount }));
    ws.on("message", (data: Buffer) => (bytesBack += data.length));
    ws.on("error", gone);
    ws.on("close", gone);
    return;
  }
  const socket: Socket = kind === "tls" ? connectTls({ port: Number(port), host: "127.0.0.1", rejectUnauthorized: false }) : connectTcp(Number(port), "127.0.0.1");
  socket.once(kind === "tls" ? "secureConnect" : "connect", () => feed({ write: (bytes) => void socket.write(bytes), waiting: () => socket.writableLength }));
  socket.on("data", (data) => (bytesBack += data.length));
  socket.on("error", gone);
  socket.on("close", gone);
}

let finished = false;
function finish(): void {
  if (finished) return;
  finished = true;
  console.log(JSON.stringify({ sent, opened, bytesOut, bytesBack, seconds: (performance.now() - from) / 1000 }));
  process.exit();
}

for (let i = 0; i < CONNECTIONS; i++) open();
