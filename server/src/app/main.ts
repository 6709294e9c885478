import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { DataFolderInUse } from "./data-lock.ts";
import { portTakenText, readConfig, type Config } from "./config.ts";
import { EmbeddedPostgresError, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { createLogs } from "./logs.ts";
import type { Server } from "./server.ts";
import { followCertificate, readTls } from "./tls.ts";
import { welcome } from "./welcome.ts";

const startedAtMs = performance.timeOrigin;
const read = readConfig({ argv: process.argv.slice(2), env: process.env, cwd: process.cwd() });
if (!read.ok) {
  (read.exitCode === 0 ? process.stdout : process.stderr).write(read.text.endsWith("\n") ? read.text : `${read.text}\n`);
  process.exit(read.exitCode);
}
await main(read.config);

async function main(config: Config): Promise<void> {
  const logs = createLogs({ dataDir: config.dataDir, level: config.logLevel, terminal: process.stderr });
  const { log } = logs;
  const stops: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | null = null;
  const stop = (code: number): void => {
    stopping ??= (async () => {
      process.exitCode = code;
      for (const end of stops.toReversed()) {
        try {
          await end();
        } catch (error) {
          process.exitCode = 1;
          log.error({ why: (error as Error).message }, "could not stop cleanly");
        }
      }
      await logs.close();
      process.exit();
    })();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stopping !== null) process.exit(1); // asked again: at once; the database's watchdog ends what is left
      stop(0);
    });
  }
  // Our own mistake outside any interaction: written down, and the centre goes on.
  process.on("uncaughtException", (error) => log.error({ why: error.message, stack: error.stack }, "an error that nobody caught"));
  process.on("unhandledRejection", (error) => log.error({ why: String(error), stack: error instanceof Error ? error.stack : undefined }, "a rejection that nobody caught"));

  let server: Server;
  /** A second of a processor: spent while PostgreSQL starts beside us, not before. */
  let loading: Promise<typeof import("./server.ts")> | null = null;
  const load = (): NonNullable<typeof loading> => (loading ??= import("./server.ts"));
  try {
    const certificate = await readTls(config, Date.now());
    const files = config.tlsCert === undefined || config.tlsKey === undefined ? null : { cert: config.tlsCert, key: config.tlsKey };
    const tls = certificate && followCertificate(certificate, files, log);
    if (tls) {
      stops.push(async () => tls.stop());
      // only where files were given, as a service has them: the one who closes the terminal of a trial means to end it
      if (files) process.on("SIGHUP", () => void tls.reload());
    }
    const tlsTrust = config.tlsTrust === undefined ? null : await readFile(config.tlsTrust, "utf8");
    let connection: Parameters<typeof startServer>[0]["connection"];
    if (config.databaseUrl === undefined) {
      const embedded = await startEmbeddedPostgres({
        dataDir: config.dataDir,
        log,
        waiting: () => void load().catch(() => undefined), // told below, where it is needed
        onDied(why) {
          log.error({ why }, "the embedded database ended; stopping");
          stop(1);
        },
      });
      stops.push(() => embedded.stop());
      connection = embedded.connection;
    } else connection = { connectionString: config.databaseUrl };
    const { startServer } = await load();
    server = await startServer({
      connection,
      log,
      ...config,
      advertisedHost: config.sipHost ?? null,
      tls,
      tlsTrust,
      fenced(why) {
        // not a clean stop: what this process holds is another one's already
        log.error({ why }, "this node ends");
        void logs.close().then(() => process.exit(1));
      },
      desktopDir: fileURLToPath(new URL("../../../desktop/dist", import.meta.url)),
      widgetDir: fileURLToPath(new URL("../../../widget/dist", import.meta.url)),
    });
  } catch (error) {
    process.stderr.write(`${explain(error as Error & { code?: string; port?: number }, config)}\n`);
    return stop(1);
  }
  stops.push(() => server.stop());
  process.stdout.write(welcome(config, { ...server, startedMs: Date.now() - startedAtMs }));
}

/** What went wrong at the start, and what to do. */
function explain(error: Error & { code?: string; port?: number }, config: Config): string {
  if (error.code === "EADDRINUSE") return portTakenText(error.port === config.sipTlsPort ? "sipTlsPort" : error.port === config.sipPort ? "sipPort" : "port", error.port ?? config.port, config.lang);
  const say = (fr: string, en: string): string => (config.lang === "fr" ? fr : en);
  if (error.code === "EACCES" && error.port !== undefined) return say(`Le port ${error.port} demande des droits d'administrateur : choisissez-en un au-dessus de 1023 (--port, --sip-port).`, `Port ${error.port} needs administrator rights: choose one above 1023 (--port, --sip-port).`);
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") return say(`L'adresse ${config.host} n'est pas de cette machine : voir --host.`, `The address ${config.host} is not one of this machine: see --host.`);
  if (error instanceof DataFolderInUse || error instanceof EmbeddedPostgresError) return error.message;
  if (error.code === "unavailable") return config.lang === "fr" ? `La base de données ne répond pas : ${error.message}` : `The database does not answer: ${error.message}`;
  return error.stack ?? error.message;
}
