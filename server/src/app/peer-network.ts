/** For tests with real peers: where they and we meet. */
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { createServer, type AddressInfo } from "node:net";
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

/** A port that nobody holds now, neither for UDP nor for TCP. */
export async function freePort(): Promise<number> {
  const tcp = createServer();
  await new Promise<void>((done) => tcp.listen(0, "127.0.0.1", done));
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket("udp4");
  const free = await new Promise<boolean>((done) => {
    udp.once("error", () => done(false)); // somebody's UDP port: another try
    udp.bind(port, "127.0.0.1", () => done(true));
  });
  await new Promise<void>((done) => udp.close(() => done()));
  await new Promise((done) => tcp.close(done));
  return free ? port : freePort();
}
