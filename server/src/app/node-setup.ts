/** One of several nodes, wired: registrations of the others, signs of life, and the centre where this node has it. */
import type { PoolClient } from "pg";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newSecret } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Directory } from "../directory/directory.ts";
import type { Db } from "../db/db.ts";
import type { Exchange, ExchangeConfig } from "../exchange/exchange.ts";
import type { SipCore, SipEvent } from "../sip/sip.ts";
import { createNodes } from "./nodes.ts";
import type { Registrations } from "./registrations.ts";
import type { SipSockets } from "./sip-sockets.ts";

/** Registrations are read this often without being asked to: a notification may be lost with its connection. */
const readEveryMs = 1_000;
const channel = "tandem_registration";

export interface NodeSetup {
  /** The name of this life of the node; null: alone. */
  run: string | null;
  /** The centre is on this node; alone: from its start on. */
  leads(): boolean;
  /** And it has taken up what was open: who came sooner would find half a centre, a page its conversation empty. */
  serves(): boolean;
  role(): "centre" | "telephony" | null;
  hear(event: SipEvent): void;
  /** Joins the others and returns when it is known who leads. */
  start(house: NodeHouse): Promise<void>;
  stop(): Promise<void>;
}

export interface NodeHouse {
  core: Pick<SipCore, "dialogs">;
  sockets: Pick<SipSockets, "learn" | "endDialog">;
  exchange: Pick<Exchange, "endCallsOf">;
  registrations: Pick<Registrations, "news">;
  directory: Pick<Directory, "reload" | "onChange">;
  config: Pick<ExchangeConfig, "reload" | "onChange">;
  /** Settings in memory that read the directory's. */
  settings: readonly { reload(): Promise<void>; onChange(hear: () => void): void }[];
  lead(): Promise<void>;
  fenced(why: string): void;
}

/** What one server alone needs: nothing but to begin. */
export function aloneSetup(): NodeSetup {
  let leads = false;
  let serves = false;
  return {
    run: null, leads: () => leads, serves: () => serves, role: () => null, hear: () => undefined,
    async start({ lead }) {
      leads = true; // first: the calls that it takes up ask who leads
      await lead();
      serves = true;
    },
    stop: () => Promise.resolve(),
  };
}

export function setUpNode({ db, clock, chance, log, name }: { db: Db; clock: Clock; chance: Chance; log: Log; name: string }): NodeSetup {
  let stop = async (): Promise<void> => undefined;
  let leads = (): boolean => false;
  let serves = (): boolean => false;
  let hear: NodeSetup["hear"] = () => undefined;
  const run = newSecret(16, chance);
  return {
    run,
    leads: () => leads(),
    serves: () => serves(),
    role: () => (serves() ? "centre" : "telephony"),
    hear: (event) => hear(event),
    async start(house) {
      const { sockets, registrations, directory, config } = house;
      const reader = reads({ clock, log, read: async () => {
        const news = await registrations.news();
        if (news.length > 0) sockets.learn(news);
      } });
      const ear = listens({ db, clock, log, heard: () => void reader.ask() });
      // the exchange's own rows follow the directory's: phones first
      const reload = async (): Promise<void> => {
        await directory.reload();
        await config.reload();
        for (const one of house.settings) await one.reload();
      };
      const nodes = createNodes({ db, clock, log, run, name, dialogs: () => house.core.dialogs(), endCalls: (dead, tx) => house.exchange.endCallsOf(dead, tx), endDialog: (sketch, causes) => sockets.endDialog(sketch, causes), reload, fenced: house.fenced, async lead() {
        // what the last holder stored in its last second
        await reload();
        await house.lead();
      } });
      leads = () => nodes.leads();
      serves = () => nodes.serves();
      hear = (event) => nodes.hear(event);
      directory.onChange(() => nodes.settingsChanged());
      config.onChange(() => nodes.settingsChanged());
      for (const one of house.settings) one.onChange(() => nodes.settingsChanged());
      await reader.ask();
      await nodes.start();
      stop = async () => {
        await nodes.stop();
        ear.stop();
        await reader.stop();
      };
    },
    stop: () => stop(),
  };
}

/** Tells the others that there is something to read. Outside any transaction: NOTIFY takes a lock that all committers share. */
export function notifyOthers(db: Db, log: Log): void {
  db.query(`NOTIFY ${channel}`).catch((error: Error) => log.warn({ why: error.message }, "the other nodes hear of registrations a second late"));
}

/** Reads when asked and now and then, one reading at a time. */
function reads({ clock, log, read }: { clock: Clock; log: Log; read(): Promise<void> }): { ask(): Promise<void>; stop(): Promise<void> } {
  let reading: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let cancel = (): void => undefined;
  const ask = (): Promise<void> => {
    if (stopped) return Promise.resolve();
    if (reading) {
      again = true;
      return reading;
    }
    cancel();
    reading = read().catch((error: Error) => log.error({ why: error.message }, "registrations of other nodes could not be read yet")).then(() => {
      reading = null;
      cancel = clock.after(again ? 0 : readEveryMs, () => void ask());
      again = false;
      if (stopped) cancel();
    });
    return reading;
  };
  return {
    ask,
    async stop() {
      stopped = true;
      cancel();
      await reading;
    },
  };
}

/** A connection that listens; opened again when it breaks. */
function listens({ db, clock, log, heard }: { db: Db; clock: Clock; log: Log; heard(): void }): { stop(): void } {
  let client: PoolClient | null = null;
  let stopped = false;
  let cancel = (): void => undefined;
  const open = async (): Promise<void> => {
    const opened = await db.connect();
    opened.on("notification", heard);
    opened.once("end", () => {
      if (client !== opened) return;
      client = null;
      opened.release(true);
      later();
    });
    try {
      await opened.query(`LISTEN ${channel}`);
    } catch (error) {
      opened.release(true);
      throw error;
    }
    client = opened;
    if (stopped) close();
  };
  const close = (): void => {
    const was = client;
    client = null;
    was?.release(true); // its LISTEN must not go back into the pool
  };
  const later = (): void => {
    if (!stopped) cancel = clock.after(readEveryMs, begin);
  };
  const begin = (): void => void open().catch((error: Error) => {
    log.warn({ why: error.message }, "registrations of other nodes are heard of a second late");
    later();
  });
  begin();
  return {
    stop() {
      stopped = true;
      cancel();
      close();
    },
  };
}
