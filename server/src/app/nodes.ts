/** Several servers on one database (decision 0032): each shows that it lives, and ends what another one left when it died. */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Db, Tx } from "../db/db.ts";
import type { SipDialogSketch, SipEvent, SipReason } from "../sip/sip.ts";
import { NodeWatch, type NodeRow } from "./node-watch.ts";
import { createSketches } from "./sketches.ts";

const beatMs = 1_000;
/** A dead node's calls are ended so many at a time: a thousand BYEs in one moment would be lost on the way. */
const goodbyes = { each: 100, everyMs: 50 };
/** RFC 3326. */
export const NODE_LOST: readonly SipReason[] = [{ protocol: "SIP", cause: 503, text: "node lost" }];

export interface NodesOptions {
  db: Db;
  clock: Clock;
  log: Log;
  /** Names this life of the node: another one each time it starts. */
  run: string;
  /** Of this node; a former run of the same name is over. */
  name: string;
  dialogs(): readonly SipDialogSketch[];
  /** The history's lines of a dead run get the end that it could not write. Answers how many. */
  endCalls(dead: string, tx: Tx): Promise<number>;
  endDialog(sketch: SipDialogSketch, causes: readonly SipReason[]): void;
  /** Another node stored other settings. */
  reload(): Promise<void>;
  /** The centre is this node's from now on. */
  lead(): Promise<void>;
  /** The others hold this node for dead and have ended its calls: it must not go on. */
  fenced(why: string): void;
}

export interface Nodes {
  leads(): boolean;
  /** It leads, and has taken up what the last holder left: people may come in. */
  serves(): boolean;
  /** Joins; the first node of all leads when this resolves. Throws DbError. */
  start(): Promise<void>;
  /** Settings were stored here: the others are told with the next beat. */
  settingsChanged(): void;
  hear(event: SipEvent): void;
  /** Leaves, calls over. */
  stop(): Promise<void>;
}

export function createNodes(o: NodesOptions): Nodes {
  const { db, clock, log, run, name } = o;
  const watch = new NodeWatch(run, name);
  const sketches = createSketches({ db, clock, log, run, dialogs: o.dialogs });
  let wrote = 0;
  let leading = false;
  let serving = false;
  let started = false;
  let stopped = false;
  /** Another one's settings are newer than what was read here. */
  let stale = false;
  let beating: Promise<void> = Promise.resolve();
  /** What a look at the others has led to: it may take longer than a beat (taking up the centre does), and no beat waits for it. */
  let looking: Promise<void> | null = null;
  let cancel = (): void => undefined;

  async function beat(): Promise<void> {
    await showLife();
    if (stopped || looking) return;
    looking = look().catch((error: Error) => log.error({ why: error.message }, "the other nodes could not be looked after")).then(() => void (looking = null));
  }

  async function showLife(): Promise<void> {
    const own = await db.query("UPDATE sip_node SET beat = beat + 1, wrote = $2 WHERE run = $1 RETURNING run", [run, wrote]);
    if (own.length > 0) return;
    stopped = true;
    o.fenced("the other nodes held this one for dead");
  }

  async function look(): Promise<void> {
    const rows = await db.query<NodeRow & Record<string, unknown>>("SELECT run, name, beat, wrote FROM sip_node");
    const { lost, settingsChanged } = watch.look(rows, clock.now());
    for (const dead of lost) await takeOver(dead, rows.find((row) => row.run === dead)?.name ?? "");
    stale ||= settingsChanged;
    if (stale) await o.reload();
    stale = false;
    if (!leading) await tryLead();
  }

  async function tryLead(): Promise<void> {
    const [mine] = await db.query(
      `INSERT INTO sip_lease AS l (name, run) VALUES ('centre', $1) ON CONFLICT (name) DO UPDATE SET run = excluded.run
       WHERE l.run = excluded.run OR NOT EXISTS (SELECT FROM sip_node n WHERE n.run = l.run) RETURNING run`, [run],
    );
    if (!mine) return;
    log.info({ node: name }, "the centre is on this node");
    // first: the calls that it takes up ask who leads
    leading = true;
    try {
      await o.lead();
      serving = true;
    } catch (error) {
      if (!started) throw error; // the server does not start
      // half a centre is none: the lease falls with this process
      stopped = true;
      o.fenced(`the centre could not be taken up: ${(error as Error).message}`);
    }
  }

  /** Whoever deletes the dead node's row ends its calls; its registrations stay. */
  async function takeOver(dead: string, deadName: string): Promise<void> {
    const left = await db.transaction(async (tx) => ((await tx.query("DELETE FROM sip_node WHERE run = $1 RETURNING run", [dead])).length === 0 ? null : { dialogs: await claimDialogs(tx, dead, run), calls: await o.endCalls(dead, tx) }));
    if (!left) return;
    log.warn({ node: deadName, dialogs: left.dialogs.length, calls: left.calls }, "a node is lost: its calls are ended");
    sayGoodbye(left.dialogs);
  }

  function sayGoodbye(dialogs: readonly SipDialogSketch[]): void {
    for (const sketch of dialogs.slice(0, goodbyes.each)) o.endDialog(sketch, NODE_LOST);
    if (dialogs.length > goodbyes.each) clock.after(goodbyes.everyMs, () => sayGoodbye(dialogs.slice(goodbyes.each)));
  }

  const next = (): void => {
    if (stopped) return;
    cancel = clock.after(beatMs, () => {
      beating = beat().catch((error: Error) => log.error({ why: error.message }, "this node could not show that it lives")).then(next);
    });
  };

  return {
    leads: () => leading,
    serves: () => serving,
    async start() {
      await db.query("INSERT INTO sip_node (run, name) VALUES ($1, $2)", [run, name]);
      // the others see it live while it takes up the centre
      next();
      try {
        await (looking = look());
      } catch (error) {
        stopped = true;
        cancel();
        throw error;
      } finally {
        looking = null;
      }
      started = true;
      sketches.start();
    },
    settingsChanged: () => void wrote++,
    hear(event) {
      if (event.type !== "dialogEnded") return;
      sketches.ended(event.key);
      if (event.status !== 200 && event.status !== 481) log.warn({ key: event.key, status: event.status }, "a dialog of a lost node could not be ended");
    },
    async stop() {
      stopped = true;
      cancel();
      await beating;
      await looking;
      await sketches.stop();
      // goodbyes that are still on their way are left to whoever finds this node gone
      await db.query("DELETE FROM sip_node n WHERE run = $1 AND NOT EXISTS (SELECT FROM sip_dialog d WHERE d.run = n.run)", [run]);
    },
  };
}

/** They are ours now, and should we die over it, the next one's. */
async function claimDialogs(tx: Tx, dead: string, run: string): Promise<SipDialogSketch[]> {
  return (await tx.query<{ body: SipDialogSketch }>("UPDATE sip_dialog SET run = $2 WHERE run = $1 RETURNING body", [dead, run])).map(({ body }) => body);
}
