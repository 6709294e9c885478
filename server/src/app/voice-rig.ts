/** The voice side of a server without a centre, for tests against real phones and browsers: SIP, media, speech and `voice`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "../base/ids.ts";
import { silentLog } from "../base/log.ts";
import type { ChannelEvent } from "../hub/hub.ts";
import { createSipCore, type SipEvent } from "../sip/sip.ts";
import { createPrompts, createVoice, type Prompts, type Visitor, type Voice } from "../voice/voice.ts";
import { startMedia } from "./media-host.ts";
import { credentialsOf, DOMAIN } from "./peer-network.ts";
import { realChance, realClock } from "./real-ports.ts";
import { openSipSockets, type SipSockets } from "./sip-sockets.ts";
import type { SipTls } from "./sip-tls.ts";
import { startSpeech } from "./speech.ts";

export { DOMAIN, PASSWORD } from "./peer-network.ts";

export interface VoiceRig {
  folder: string;
  sip: SipSockets;
  voice: Voice;
  prompts: Prompts;
  told: ChannelEvent[];
  /** Resolves once `find` finds; looked for after every event of SIP and voice. */
  until<T>(what: string, find: () => T | undefined, limitMs?: number): Promise<T>;
  /** The n-th event of a type for a call. */
  event<T extends ChannelEvent["type"]>(id: string, type: T, nth?: number): Promise<Extract<ChannelEvent, { type: T }>>;
  /** Its first registration. */
  registered(account: string): Promise<void>;
  stop(): Promise<void>;
}

export interface VoiceRigOptions {
  host: string;
  /** Accounts that may register, with the one password; all of them belong to the agent "bob". */
  accounts: readonly { account: string; kind: "browser" | "phone" }[];
  visitors?: Readonly<Record<string, Visitor>>;
  /** SIP over TLS too. */
  tls?: SipTls;
}

export async function startVoiceRig({ host, accounts, visitors = {}, tls }: VoiceRigOptions): Promise<VoiceRig> {
  const folder = mkdtempSync(join(tmpdir(), "tandem-voice-"));
  const told: ChannelEvent[] = [];
  const registrations = new Set<string>();
  const hearers = new Set<() => void>();
  const wake = (): void => {
    for (const look of hearers) look();
  };
  const known = new Set([...accounts.map(({ account }) => account), ...Object.keys(visitors)]);
  const core = createSipCore({
    domain: DOMAIN, chance: realChance, isPublicTarget: (user) => user === "3000",
    credentials: (account) => (known.has(account) ? credentialsOf(account) : null),
  });
  const media = await startMedia({ host, log: silentLog });
  const prompts = createPrompts({ engine: startSpeech({ log: silentLog }), folder: join(folder, "prompts"), log: silentLog, clock: realClock });
  let voice: Voice;
  const sip = await openSipSockets({
    host, udpPort: 0, tcpPort: 0, tls: tls ?? null, core, clock: realClock, log: silentLog,
    hear(event: SipEvent) {
      if (event.type === "registered") registrations.add(event.account);
      voice.onSip(event);
      wake();
    },
  });
  voice = createVoice({
    sip, media, prompts, clock: realClock, chance: realChance, log: silentLog, recordingDir: join(folder, "recordings"),
    tell(event) {
      told.push(event);
      wake();
    },
    accountsOf: () => accounts,
    agentOf: (account) => (accounts.some((one) => one.account === account) ? "bob" : null),
    resolveNumber: (user) => (user === "3000" ? { kind: "number", number: user } : { kind: "none" }),
    visitorOf: (account) => visitors[account] ?? null,
    newInteractionId: () => newId("int", realClock.now(), realChance),
  });

  function until<T>(what: string, find: () => T | undefined, limitMs = 60_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        hearers.delete(look);
        reject(new Error(`no ${what} within ${limitMs} ms: ${JSON.stringify(told)}`));
      }, limitMs);
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        hearers.delete(look);
        resolve(found);
      };
      hearers.add(look);
      look();
    });
  }

  return {
    folder, sip, voice, prompts, told, until,
    event: <T extends ChannelEvent["type"]>(id: string, type: T, nth = 1) =>
      until(`${type} ${nth}`, () => told.filter((one): one is Extract<ChannelEvent, { type: T }> => one.type === type && one.id === id)[nth - 1]),
    async registered(account) {
      await until(`registration of ${account}`, () => registrations.has(account) || undefined);
    },
    async stop() {
      await sip.stop();
      await media.stop();
      await prompts.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
