/** For tests with real peers: where they and we meet. */
import { createSocket } from "node:dgram";
import { createServer, type AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";

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
