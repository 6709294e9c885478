/** For tests: Tandem nodes as processes on one database, and Kamailio in front with the configuration of the docs. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../db/test-database.ts";
import { freePort } from "./peer-network.ts";
import { run, type Run } from "./trunk-rig.ts";

const docs = join(import.meta.dirname, "../../../docs/scale-out");

export interface Node {
  name: string;
  sipPort: number;
  webPort: number;
  process: Run;
}

export async function startNode(name: string, o: { address: string; domain: string; database: TestDatabase; folder: string; front: string; ports?: { sipPort: number; webPort: number } }): Promise<Node> {
  const { sipPort, webPort } = o.ports ?? { sipPort: await freePort(), webPort: await freePort() };
  const { host, port, user, password, database } = o.database.connection;
  const url = `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
  const child = run(process.execPath, [
    join(import.meta.dirname, "main.ts"), "--node", name, "--sip-front", o.front, "--database-url", url, "--host", o.address, "--domain", o.domain, "--port", String(webPort), "--sip-port", String(sipPort),
    "--data-dir", join(o.folder, name), "--no-demo", "--rtp-port-min", name === "a" ? "16100" : "16150", "--rtp-port-max", name === "a" ? "16149" : "16199", "--lang", "en",
  ], o.folder);
  const node = { name, sipPort, webPort, process: child };
  let over = false;
  void child.done.then(() => (over = true));
  await until(`node ${name}`, async () => over || (await health(o.address, node)) !== null, 90_000, () => child.output());
  if (over) throw new Error(`node ${name} has ended: ${child.output()}`);
  return node;
}

/** Null: nobody answers. */
export async function health(address: string, { webPort }: Pick<Node, "webPort">): Promise<{ ok: boolean; role?: string } | null> {
  return fetch(`http://${address}:${webPort}/healthz`).then((answer) => answer.json() as Promise<{ ok: boolean; role?: string }>, () => null);
}

/** The files of docs/scale-out with other addresses. */
export async function startKamailio(folder: string, address: string, nodes: readonly { sipPort: number }[], port: number): Promise<Run> {
  const list = join(folder, "dispatcher.list");
  const given = ["192.0.2.11:5060", "192.0.2.12:5060"];
  writeFileSync(list, nodes.reduce((text, { sipPort }, i) => replaced(text, given[i]!, `${address}:${sipPort}`), readFileSync(join(docs, "dispatcher.list"), "utf8")));
  const config = join(folder, "kamailio.cfg");
  writeFileSync(config, replaced(replaced(readFileSync(join(docs, "kamailio.cfg"), "utf8"), "192.0.2.10:5060", `${address}:${port}`), "/etc/kamailio/dispatcher.list", list));
  return run("kamailio", ["-DD", "-E", "-f", config, "-Y", folder, "-x", "fm", "-X", "fm", "-m", "32", "-M", "4"], folder);
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the configuration of the docs names no ${from}`);
  return text.replaceAll(from, to);
}

/** Looks every 50 ms; the limit only ends a hopeless wait. */
export async function until(what: string, found: () => boolean | Promise<boolean>, limitMs = 60_000, why: () => string = () => ""): Promise<void> {
  for (const endMs = Date.now() + limitMs; !(await found());) {
    if (Date.now() > endMs) throw new Error(`not within ${limitMs} ms: ${what}\n${why()}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
