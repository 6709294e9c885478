/** The company telephone system wired: whose account is whose, what phones may watch, what the centre hears of it. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Centre } from "../centre/centre.ts";
import { normalAddress, type Crm } from "../crm/crm.ts";
import type { Db } from "../db/db.ts";
import type { Directory } from "../directory/directory.ts";
import { createExchange, fixedWords, type Device, type Exchange, type ExchangeConfig, type ExtensionRow, type Holder, type TrunkAttempt, type VoicemailMail } from "../exchange/exchange.ts";
import { tone, writeWav, type MediaPort } from "../rtp/rtp.ts";
import { dialogInfo, messageSummary, presenceDocument, type SipEventRules } from "../sip/sip.ts";
import type { Prompts, SipPort, Voice } from "../voice/voice.ts";
import { numberDialled } from "./directory-setup.ts";
import type { Ladders } from "./ladders.ts";
import { createPublishedPresence, type PublishedPresence } from "./published-presence.ts";
import type { TrunkSetup } from "./trunk-setup.ts";

const BEEP_HZ = 1_000;
const BEEP_MS = 400;
const BEEP_LEVEL = 0.3;
/** Each note of the tones of meetings and announcements. */
const CHIME_MS = 160;
const CHIME_LEVEL = 0.12;

export interface ExchangeSetupOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  log: Log;
  config: ExchangeConfig;
  directory: Directory;
  crm: Pick<Crm, "find">;
  sip: SipPort;
  /** A leg's dialog as Replaces names it. */
  dialogOf(ref: string): { callId: string; localTag: string; remoteTag: string } | null;
  media: MediaPort;
  prompts: Prompts;
  trunks: Pick<TrunkSetup, "trunks" | "inboundOf">;
  domain: string;
  dataDir: string;
  zone: string;
  /** Of this node; null: alone. */
  run: string | null;
  accountsOf(userId: string): readonly Device[];
  agentOf(account: string): string | null;
  isVisitor(account: string): boolean;
  /** A number that tries a draft of a flow. */
  isTryIt(number: string): boolean;
  voice(): Voice;
  centre(): Centre;
  mail: ((mail: VoicemailMail) => void) | null;
  /** Open messages of the queues that a user serves; absent = none are counted. */
  queueMessages?(userId: string): number;
  ladders: Pick<Ladders, "claim" | "ended">;
}

export interface ExchangeSetup {
  exchange: Exchange;
  /** What phones may watch and see. */
  events: SipEventRules;
  /** What phones say of their users. */
  published: PublishedPresence;
  /** Accounts of whoever has that number or name inside, those that are registered; null = nobody. */
  accountsNamed(resource: string): readonly string[] | null;
  /** What waits in the queues that these users serve changed: their lamps show it. */
  lampsChanged(userIds: readonly string[]): void;
  /** Devices of an extension that are there; null = no extension has that number. */
  devicesAt(number: string): readonly Device[] | null;
  /** Ways outside to a number, for what the centre itself sends there. */
  waysOutside(to: string, from: string): readonly TrunkAttempt[];
  /** The number and name that an account of the house shows inside. */
  shownAs(account: string): { user: string; display: string } | null;
  /** Somebody's own telephones that are there now. */
  hasDevice(userId: string): boolean;
}

export async function setUpExchange(options: ExchangeSetupOptions): Promise<ExchangeSetup> {
  const { accountsOf, agentOf, centre, config, dialogOf, directory, domain, log, prompts, sip, trunks, voice } = options;
  const beepPath = join(options.dataDir, "beep.wav");
  await mkdir(options.dataDir, { recursive: true });
  await writeFile(beepPath, writeWav([tone(BEEP_HZ, BEEP_MS, BEEP_LEVEL)]));
  const chime = async (name: string, freqsHz: readonly number[]): Promise<{ path: string }> => {
    const path = join(options.dataDir, `${name}.wav`);
    await writeFile(path, writeWav([Int16Array.from(freqsHz.flatMap((freqHz) => [...tone(freqHz, CHIME_MS, CHIME_LEVEL)]))]));
    return { path };
  };
  const tones = { join: await chime("join", [587, 880]), leave: await chime("leave", [880, 587]), page: await chime("page", [698, 880, 1_047]) };

  const registered = ({ account, kind }: Device): boolean => sip.contacts(account).some((contact) => contact.kind === kind);
  const phoneDevice = (phoneId: string): Device[] => directory.phones().filter(({ id }) => id === phoneId).map(({ account }) => ({ account, kind: "phone" }));
  const devicesOf = ({ userId, phoneId }: ExtensionRow): Device[] => (userId !== null ? [...accountsOf(userId)] : phoneId !== null ? phoneDevice(phoneId) : []).filter(registered);
  const extensionOfUser = (userId: string): ExtensionRow | null => config.extensionsOfUser(userId)[0] ?? null;

  function holderOf(account: string): Holder | null {
    if (options.isVisitor(account)) return null;
    const userId = agentOf(account);
    if (userId !== null) return { userId, extension: extensionOfUser(userId), name: directory.user(userId)?.name ?? account };
    const phone = directory.phoneOf(account);
    return phone && { userId: null, extension: config.extensionOfPhone(phone.id), name: phone.label };
  }

  function extensionNamed(name: string): ExtensionRow | null {
    const user = directory.users().find(({ login }) => login === name);
    if (user) return extensionOfUser(user.id);
    const phone = directory.phoneOf(name);
    return phone && (phone.userId === null ? config.extensionOfPhone(phone.id) : extensionOfUser(phone.userId));
  }

  const exchange = await createExchange({
    sip, media: options.media, clock: options.clock, chance: options.chance, log, db: options.db, config, prompts,
    run: options.run, zone: options.zone, beepPath, tones, voicemailDir: join(options.dataDir, "voicemail"),
    trunks: {
      plan: (call, nowMs) => trunks.trunks.plan(call, nowMs),
      inbound: ({ ref }) => trunks.inboundOf(ref),
      started: (trunkId, callId, e164, account, nowMs) => trunks.trunks.started(trunkId, callId, e164, account, nowMs),
      ended: (callId, nowMs) => trunks.trunks.ended(callId, nowMs),
      failed: (trunkId, status) => trunks.trunks.failed(trunkId, status),
    },
    holderOf, devicesOf, extensionNamed,
    isCentre: (number) => numberDialled(directory, number) !== null || options.isTryIt(number),
    e164: (number) => normalAddress("voice", number).value,
    toCentre: (incoming, leg) => voice().adopt(incoming, leg),
    centreState(userId) {
      const system = centre().agent(userId)?.system;
      return system === "ringing" ? "ringing" : system === "on-contact" || system === "hold" ? "busy" : "free";
    },
    customerOf: (number) =>
      options.crm.find("voice", number).catch((error: unknown) => {
        log.error({ error }, "a caller's customer could not be looked up; the call is kept without");
        return null;
      }),
    mail: options.mail,
    claim: (ref, callId) => options.ladders.claim(ref, callId),
    recorded: (record) => options.ladders.ended(record.id),
  });

  const extensionOf = (resource: string): ExtensionRow | null => config.extensionOf(resource) ?? extensionNamed(resource);
  const uri = (number: string): string => `sip:${number.replaceAll(/[^\w.+-]/g, "") || "anonymous"}@${domain}`;
  const events: SipEventRules = {
    may(account, pkg, resource) {
      const holder = holderOf(account);
      const extension = extensionOf(resource);
      if (!holder || !extension) return false;
      const own = holder.extension?.id === extension.id;
      return pkg === "message-summary" ? own : own || (extension.listed && holder.extension !== null);
    },
    state(pkg, resource, { watcher, version }) {
      const extension = extensionOf(resource);
      if (!extension) return null;
      if (pkg === "message-summary") {
        return messagesOf(extension);
      }
      if (pkg === "dialog") {
        // Who somebody talks to is their own matter, and of the colleagues who may pick the call up: only they are told how.
        const by = holderOf(watcher)?.extension;
        const shown = by && (by.id === extension.id || (by.pickupGroup !== "" && by.pickupGroup === extension.pickupGroup));
        return dialogInfo(uri(resource), version, exchange.dialogs(extension.id).map(({ id, direction, state, remote }) => {
          const dialog = shown && by.id !== extension.id && state === "early" ? dialogOf(id) : null;
          return { id, direction, state, remote: shown && remote ? { uri: uri(remote.number), display: remote.name } : null, ...(dialog && { dialog }) };
        }));
      }
      const state = exchange.state(extension.id);
      const activities = { free: [], ringing: ["on-the-phone"], busy: ["on-the-phone"], away: ["busy"], offline: [] }[state];
      const said = published.of(devicesOf(extension).map(({ account }) => account));
      // Open when a telephone is there and nobody says otherwise of themselves; what they say is added to what the exchange knows.
      return presenceDocument(uri(resource), { open: state !== "offline" && said?.open !== false, note: said?.note ?? "", activities: [...new Set([...activities, ...(said?.activities ?? [])])] });
    },
  };

  exchange.onState((extensionId) => {
    const extension = config.extension(extensionId);
    if (!extension) return;
    for (const resource of namesOf(extension)) {
      sip.command({ type: "stateChanged", package: "dialog", resource });
      sip.command({ type: "stateChanged", package: "presence", resource });
    }
    if (extension.userId !== null) agentDevice(extension.userId);
  });
  /** Their own messages, and those that wait in the queues that they serve. */
  function messagesOf({ id, userId }: ExtensionRow): string {
    const { fresh, all } = exchange.voicemailCounts(id);
    const queues = userId === null ? 0 : (options.queueMessages?.(userId) ?? 0);
    return messageSummary(uri(config.settings().voicemailNumber), { fresh: fresh + queues, heard: all - fresh });
  }
  function showLamp(extensionId: string): void {
    const extension = config.extension(extensionId);
    if (!extension) return;
    for (const resource of namesOf(extension)) sip.command({ type: "stateChanged", package: "message-summary", resource });
    const body = messagesOf(extension);
    for (const { account, kind } of devicesOf(extension)) if (kind === "phone") sip.command({ type: "lamp", account, body });
  }
  exchange.onVoicemail(showLamp);

  /** Every name by which phones watch an extension: its number, its user's login, its accounts. */
  function namesOf(extension: ExtensionRow): string[] {
    const login = extension.userId === null ? null : directory.user(extension.userId)?.login;
    return [...new Set([extension.number, ...(login ? [login] : []), ...devicesOf(extension).map(({ account }) => account)])];
  }

  const published = createPublishedPresence((account) => {
    const extension = extensionNamed(account) ?? holderOf(account)?.extension;
    for (const resource of extension ? namesOf(extension) : []) sip.command({ type: "stateChanged", package: "presence", resource });
  });
  const accountsNamed = (resource: string): readonly string[] | null => {
    const extension = extensionOf(resource);
    if (extension) return devicesOf(extension).map(({ account }) => account);
    // a telephone without an extension is known by its account
    const phone = directory.phoneOf(resource);
    return phone && (registered({ account: phone.account, kind: "phone" }) ? [phone.account] : []);
  };
  const shownAs = (account: string): { user: string; display: string } | null => {
    const holder = holderOf(account);
    return holder && { user: holder.extension?.number ?? account, display: holder.name };
  };

  const hasDevice = (userId: string): boolean => accountsOf(userId).some(({ account }) => sip.contacts(account).length > 0);
  /** Who is on a call of the exchange is offered no contact. */
  function agentDevice(userId: string): void {
    if (centre().agent(userId)) centre().setVoiceDevice(userId, hasDevice(userId), exchange.busyElsewhere(userId));
  }

  prompts.warm(fixedWords()).catch((error: unknown) => log.error({ error }, "the telephone system's words could not be made ahead; they will be when needed"));
  /** The house's own right: what a flow sends was set by an administrator. */
  const waysOutside: ExchangeSetup["waysOutside"] = (to, from) => {
    const plan = trunks.trunks.plan({ dialled: to, callClass: "international", callerNumber: from, callerName: "", account: "house", anonymous: false }, options.clock.now());
    return plan.ok ? plan.attempts : [];
  };
  const lampsChanged = (userIds: readonly string[]): void => {
    for (const userId of userIds) for (const { id } of config.extensionsOfUser(userId)) showLamp(id);
  };
  const devicesAt = (number: string): readonly Device[] | null => {
    // a telephone of the house that calls the centre is known there by its account
    const extension = extensionOf(number);
    return extension && devicesOf(extension);
  };
  return { exchange, events, published, accountsNamed, shownAs, hasDevice, waysOutside, lampsChanged, devicesAt };
}
