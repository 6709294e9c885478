/** Links of promised calls wired: texts by the trunks, e-mails by the relay, a durable job for each that is to be told. */
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { createLinks, type Callbacks, type CallbackRequest, type Links, type Sent } from "../callback/callback.ts";
import type { Crm } from "../crm/crm.ts";
import type { Db, Jobs, Tx } from "../db/db.ts";
import type { QueueSettings } from "../directory/directory.ts";
import type { Dialling } from "./callback-dialling.ts";
import type { MailSetup } from "./mail.ts";

const JOB = "callback-link";
/** A promise that is taken back at once (made too late for who waited for it), and one that is moved at once, is not told. */
const SETTLES_MS = 2_000;
/** A text without a word of the network: longer than its own transaction waits (RFC 3261 timer F, 32 s, for each of some trunks). */
const TEXT_MS = 120_000;

export interface CallbackLinkOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  log: Log;
  jobs: Jobs;
  queueSettings: QueueSettings;
  crm: Pick<Crm, "emailOf">;
  zone: string;
  centreName: string;
  mainNumber: string;
  /** Sends a text to a telephone; answers the final SIP status. */
  text(to: string, from: string, text: string, done: (status: number) => void): void;
  mail(): MailSetup | null;
}

export interface CallbackLinkSetup {
  links: Links;
  toTell(tx: Tx, request: CallbackRequest): Promise<void>;
  /** Sends from now on, on the node that has the centre. */
  start(): Promise<void>;
}

export function setUpCallbackLinks({ db, clock, chance, log, jobs, queueSettings, crm, zone, centreName, mainNumber, text, mail }: CallbackLinkOptions, callbacks: () => Pick<Callbacks, "get">, dialling: Dialling): CallbackLinkSetup {
  const site = (queueId: string): string | null => (queueSettings.get("callback", queueId).sendLink ? queueSettings.get("details", "").publicUrl : null);
  const ours = (request: CallbackRequest): string => queueSettings.get("callback", request.queueId).callerNumber ?? (request.to === "" ? mainNumber : request.to);

  const links = createLinks({
    db, clock, chance, log, site,
    request: (id) => callbacks().get(id),
    awaited: async () => new Set((await jobs.waiting<{ id: string }>(JOB)).map(({ id }) => id)),
    facts: (request) => ({ centreName, zone, shownNumber: dialling.shown(request.number, { number: ours(request) || null, name: centreName }, queueSettings.get("callback", request.queueId).abroad) }),
    isMobile: dialling.isMobile,
    emailOf: (id) => crm.emailOf(id),
    text: (request, words) =>
      new Promise<Sent>((resolve) => {
        const cancel = clock.after(TEXT_MS, () => resolve({ ok: false, why: "no-answer", retry: false }));
        text(request.number, ours(request), words, (status) => {
          cancel();
          resolve(sentOf(status));
        });
      }),
    mail() {
      const relay = mail();
      return relay && (async (to, { subject, mail: words }) => {
        const sent = await relay.letter(to, subject, words);
        return sent ? { ok: true } : { ok: false, why: "not-taken", retry: true };
      });
    },
  });

  return {
    links,
    async toTell(tx, { id, queueId, echo, email, state }) {
      // an echo is told to nobody but who typed an address for it
      if (site(queueId) === null || state !== "waiting" || (echo && email === undefined)) return;
      await jobs.schedule(JOB, { id }, clock.now() + SETTLES_MS, { key: id, tx });
    },
    start: () => jobs.work<{ id: string }>(JOB, ({ data }) => links.tell(data.id)),
  };
}

/** 480: no trunk takes it now. 408, 504: nobody knows whether it arrived. Refused for good is refused the next time, too. */
function sentOf(status: number): Sent {
  if (status < 300) return { ok: true };
  if (status === 408 || status === 504) return { ok: false, why: "no-answer", retry: false };
  if (status === 480) return { ok: false, why: "no-way", retry: true };
  return { ok: false, why: "not-taken", retry: status >= 500 };
}
