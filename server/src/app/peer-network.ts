/** For tests with real peers: where they and we meet. */
import { createHash, randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";

/** The domain of the tests' telephones, and the one password of rigs without a directory. */
export const DOMAIN = "tandem.local";
export const PASSWORD = "s3cret";

/** Digests of that password for an account there. */
export function credentialsOf(account: string): { account: string; ha1Md5: string; ha1Sha256: string } {
  const ha1 = (algorithm: string): string => createHash(algorithm).update(`${account}:${DOMAIN}:${PASSWORD}`).digest("hex");
  return { account, ha1Md5: ha1("md5"), ha1Sha256: ha1("sha256") };
}

/** An interface beside loopback (baresip refuses `lo`), and our address there. */
export function outside(): { interfaceName: string; address: string } {
  for (const [interfaceName, all] of Object.entries(networkInterfaces())) {
    const found = all?.find((one) => one.family === "IPv4" && !one.internal);
    if (found) return { interfaceName, address: found.address };
  }
  throw new Error("an interface beside loopback is needed: baresip refuses lo");
}

/** Below the ports that the system gives out by itself (ip_local_port_range): one of those is somebody else's before its asker has bound it. */
const PORTS = { from: 21_000, to: 30_000 } as const;

/** A port that nobody holds now, neither for UDP nor for TCP. */
export async function freePort(): Promise<number> {
  const port = randomInt(PORTS.from, PORTS.to);
  const tcp = createServer();
  const udp = createSocket("udp4");
  const free = [
    await new Promise<boolean>((done) => tcp.once("error", () => done(false)).listen(port, () => done(true))),
    await new Promise<boolean>((done) => {
      udp.once("error", () => done(false)); // somebody's: another try
      udp.bind(port, () => done(true));
    }),
  ];
  if (free[0]) await new Promise((done) => tcp.close(done));
  await new Promise<void>((done) => udp.close(() => done()));
  return free.every(Boolean) ? port : freePort();
}
