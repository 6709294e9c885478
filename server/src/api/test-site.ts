/** The whole server on a test database, for tests of the API. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer, type Server } from "../app/server.ts";
import { silentLog } from "../base/log.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { Site } from "./test-client.ts";

export interface TestSite {
  site: Site;
  server: Server;
  recordingDir: string;
  database: TestDatabase;
  /** Ends and starts again on the same data; the ports change. */
  restart(sipPort?: number): Promise<void>;
  stop(): Promise<void>;
}

/** `host`: where it listens; telephones of other programs may refuse the loopback. `speakAhead`: as a server that people call. */
export async function testSite(host = "127.0.0.1", speakAhead = false): Promise<TestSite> {
  const database = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), "tandem-api-"));
  const [desktopDir, widgetDir] = [join(folder, "desktop"), join(folder, "widget")];
  const recordingDir = join(folder, "recordings");
  for (const made of [desktopDir, widgetDir, join(widgetDir, "shop"), recordingDir]) mkdirSync(made, { recursive: true });
  writeFileSync(join(desktopDir, "index.html"), "<!doctype html><title>desk</title>");
  writeFileSync(join(widgetDir, "shop", "index.html"), "<!doctype html><title>shop</title>");
  const start = (sipPort = 0): Promise<Server> =>
    startServer({ connection: database.connection, log: silentLog, host, advertisedHost: null, lang: "en", port: 0, sipPort, rtpPortMin: 28_000, rtpPortMax: 28_099, domain: "tandem.test", dataDir: folder, passwordLogN: 10, speakAhead, recordingDir, demo: true, tls: null, desktopDir, widgetDir });
  const made: TestSite = {
    server: await start(),
    site: new Site(0),
    recordingDir,
    database,
    async restart(sipPort) {
      await made.server.stop();
      made.server = await start(sipPort);
      made.site = new Site(made.server.port, host);
    },
    async stop() {
      await made.server.stop();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  made.site = new Site(made.server.port, host);
  return made;
}
