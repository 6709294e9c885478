import { mkdir } from "node:fs/promises";
import { contextOfPage } from "@tandem/protocol/device";
import { createAcd } from "../acd/acd.ts";
import { createApi } from "../api/api.ts";
import { newId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import { createCentre, type Centre } from "../centre/centre.ts";
import { createCases, createCrm } from "../crm/crm.ts";
import { createDb, createFactLog, createJobs, migrate, readMigrations, type DbConnection } from "../db/db.ts";
import { createDirectory, createQueueSettings, createSessions } from "../directory/directory.ts";
import { createExchangeConfig } from "../exchange/exchange.ts";
import { Capture, createSipCore } from "../sip/sip.ts";
import { createVoice, type Voice } from "../voice/voice.ts";
import { endAccounts, phoneInUse } from "./account-ends.ts";
import { createBrowserPhones } from "./browser-phones.ts";
import { centrePorts } from "./centre-setup.ts";
import { setUpChat } from "./chat-setup.ts";
import { firstAdministrator, seedDemo, type FirstSecrets } from "./demo.ts";
import { setUpCallbacks } from "./callback-setup.ts";
import { setUpDeflection } from "./deflection-setup.ts";
import { agentConfig, numberDialled, queueConfig, setupOf } from "./directory-setup.ts";
import { setUpExchange } from "./exchange-setup.ts";
import { setUpFeed } from "./feed-setup.ts";
import { isTryIt, setUpFlows } from "./flow-setup.ts";
import { setUpFlowStudio } from "./flow-studio-setup.ts";
import { createHistory } from "./history.ts";
import { factStore, recover } from "./log-store.ts";
import { startMail } from "./mail.ts";
import { startMedia } from "./media-host.ts";
import { createMetrics } from "./metrics.ts";
import { setUpMessages } from "./message-setup.ts";
import { openRegistrations, sharedSecrets } from "./registrations.ts";
import { clockOfRun, realChance } from "./real-ports.ts";
import { createLadders } from "./ladders.ts";
import { startBorder } from "./border-setup.ts";
import { centreElsewhere, routeByRoles } from "./sip-roles.ts";
import { aloneSetup, notifyOthers, setUpNode } from "./node-setup.ts";
import { hostForPhones, phoneLine } from "./phone-line.ts";
import { openSipSockets, type SipSockets } from "./sip-sockets.ts";
import { createSipDns } from "./sip-dns.ts";
import { sipTlsOf } from "./sip-tls.ts";
import { startSpeech } from "./speech.ts";
import { speakAhead } from "./speech-ahead.ts";
import { checkPrompts, promptUsers, setUpSpeech } from "./speech-setup.ts";
import { telephonyFor } from "./telephony-setup.ts";
import type { Certificates } from "./tls.ts";
import { keepCustomerFields, setUpTrunks } from "./trunk-setup.ts";

export interface ServerOptions {
  connection: DbConnection;
  log: Log;
  host: string;
  /** Told to peers in the place of `host` when a NAT stands in front. */
  advertisedHost: string | null;
  lang: "fr" | "en";
  port: number;
  sipPort: number;
  rtpPortMin: number;
  rtpPortMax: number;
  domain: string;
  dataDir: string;
  recordingDir: string;
  demo: boolean;
  tls: Certificates | null;
  /** SIP over TLS, when there is a certificate; absent = none. 0 = any port. */
  sipTlsPort?: number;
  /** PEM of private authorities for TLS peers. */
  tlsTrust?: string | null;
  /** Relay of e-mail, smtp://user:password@host:port; absent = none is sent. */
  smtpUrl?: string | undefined;
  mailFrom?: string | undefined;
  /** SDES keys may travel in signalling that is not protected. */
  srtpWithoutTls?: boolean;
  /** Streaming speech recogniser (speech-vosk.ts); absent = keywords only. */
  recogniserUrl?: string | undefined;
  /** Less, in tests: what a password costs (directory's `passwordLogN`). */
  passwordLogN?: number;
  /** False, in tests: words are spoken when somebody waits for them (ten seconds of a processor a start, and mostly nobody calls). */
  speakAhead?: boolean;
  /** One of several servers on one database, by name; absent = alone. */
  node?: string | undefined;
  /** Addresses of the proxies in front, behind which many phones are. */
  sipFront?: readonly string[] | undefined;
  /** The other nodes hold this one for dead: the process must end at once. */
  fenced?: (why: string) => void;
  desktopDir: string;
  widgetDir: string;
}

export interface Server {
  port: number;
  sipPort: number;
  /** Set when the demo centre was made just now: shown once, stored nowhere. */
  secrets: FirstSecrets | null;
  stop(): Promise<void>;
}

interface CentreSetting {
  name: string;
  timeZone: string;
  mainNumber: string;
  webNumber: string | null;
}

/** Everything wired: the real clock, chance, sockets and database given to the rooms. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const ends: (() => unknown)[] = [];
  try {
    return await start(options, ends);
  } catch (error) {
    await unwind(ends, options.log); // what was opened before it failed
    throw error;
  }
}

async function start(options: ServerOptions, ends: (() => unknown)[]): Promise<Server> {
  const { log, connection, domain } = options;
  const { clock, stop: stopClock } = clockOfRun();
  ends.push(stopClock);
  const chance = realChance;
  await mkdir(options.recordingDir, { recursive: true });

  const db = createDb({ connection, log });
  ends.push(() => db.close());
  await migrate(db, await readMigrations(), log);
  const factLog = createFactLog({ db, clock, log });
  ends.push(() => factLog.close());
  await factLog.prepareMonths(clock.now());
  const directory = await createDirectory({ db, clock, chance, domain, passwordLogN: options.passwordLogN });
  const queueSettings = await createQueueSettings({ db, directory, log });
  const exchangeConfig = await createExchangeConfig({ db, clock, chance, directory });
  const secrets = options.demo ? await seedDemo(db, directory, queueSettings, exchangeConfig, clock, options.lang) : await firstAdministrator(directory, options.lang);
  const setting = (await directory.setting<CentreSetting>("centre")) ?? { name: "Tandem", timeZone: "Europe/Paris", mainNumber: "", webNumber: null };
  const deflection = await setUpDeflection({ db, clock, chance, log, directory, queueSettings, timeZone: setting.timeZone, webNumber: setting.webNumber, language: options.lang, centre: () => centre });
  const sessions = createSessions(db, clock, chance);
  const crm = createCrm(db, clock, chance);
  const cases = createCases(db, clock);
  const history = createHistory(db);
  const jobs = await createJobs({ connection, log });
  ends.push(() => jobs.stop());
  await jobs.work("months", () => factLog.prepareMonths(clock.now()));
  await jobs.every("months", "17 3 * * *", {});
  const promised = await setUpCallbacks({
    db, clock, chance, log, jobs, dataDir: options.dataDir, directory, queueSettings, deflection, zone: setting.timeZone, centreName: setting.name, country: () => exchangeConfig.settings().region,
    centre: () => centre, voice: () => voice, trunks: () => trunkDoor.trunks, devicesAt: (number) => exchangeSetup.devicesAt(number), mail: () => mail, crm, mainNumber: setting.mainNumber, text: (...to) => texts.text(...to),
  });
  ends.push(() => promised.stop());
  const flows = await setUpFlows({
    db, clock, chance, log, dataDir: options.dataDir, directory, queueSettings, crm, cases, jobs, deflection, zone: setting.timeZone, country: () => exchangeConfig.settings().region, centre: () => centre, asks: promised.asks, promises: promised.promises,
    handOverTarget: (number) => exchangeSetup.exchange.handOverTarget(null, number), text: (...to) => texts.text(...to), tried: (userId, flowId, stepId, port) => feed.flowTried(userId, flowId, stepId, port),
  });
  ends.push(() => flows.stop());

  const acd = createAcd({ overflowTo: (id, queueId) => centre.overflowTo(id, queueId) });
  const phones = createBrowserPhones({ domain, clock, chance, ended: (account) => sockets.command({ type: "forget", account }) });
  const accountsOf = (agentId: string): { account: string; kind: "browser" | "phone" }[] => [
    ...phones.accountsOf(agentId).map((account) => ({ account, kind: "browser" as const })),
    ...directory.phonesOfUser(agentId).map((p) => ({ account: p.account, kind: "phone" as const })),
  ];
  const agentOf = (account: string): string | null => phones.agentOf(account) ?? directory.phoneOf(account)?.userId ?? null;

  const borderSetup = await startBorder({ db, clock, chance, log, emergency: () => exchangeConfig.settings().emergencyNumbers, front: options.sipFront });
  const { node = null } = options;
  const nodes = node === null ? aloneSetup() : setUpNode({ db, clock, chance, log, name: node });
  const registrations = await openRegistrations({ db, clock, chance, log, node, ...(node !== null && { written: () => notifyOthers(db, log) }) });
  ends.push(() => registrations.stop());
  const trunkDoor = await setUpTrunks({ db, clock, chance, log, dataDir: options.dataDir, settings: () => exchangeConfig.settings(), fraud: borderSetup.border.fraud, command: (command) => sockets.command(command) });
  const core = createSipCore({
    domain,
    chance,
    gruuKey: registrations.gruuKey,
    ...(node !== null && await sharedSecrets(db, chance)),
    border: borderSetup.border,
    credentials(account) {
      const phone = phoneInUse(directory, account);
      return phones.credentials(account) ?? (phone ? { account, ha1Md5: phone.ha1Md5, ha1Sha256: phone.ha1Sha256 } : null);
    },
    isPublicTarget: (user, address) => numberDialled(directory, user) !== null || exchangeSetup.exchange.isPublic(user) || trunkDoor.trunks.admits(user, address),
    isKnownSource: (address) => borderSetup.border.isTrusted(address, clock.now()),
    route: centreElsewhere(routeByRoles(() => exchangeConfig.roles()), (user) => !nodes.serves() && numberDialled(directory, user) !== null),
    events: { may: (account, pkg, resource) => exchangeSetup.events.may(account, pkg, resource), state: (pkg, resource, about) => exchangeSetup.events.state(pkg, resource, about) },
  });
  const capture = new Capture({ legOf: (callId) => core.legOf(callId) });
  const ladders = createLadders({ capture, db, clock, log });
  ends.push(() => ladders.stop());
  await jobs.work("ladders", () => ladders.tidy());
  await jobs.every("ladders", "23 3 * * *", {});
  const media = await startMedia({ host: options.host, ...(options.advertisedHost === null ? {} : { publicAddress: options.advertisedHost }), rtpPortMin: options.rtpPortMin, rtpPortMax: options.rtpPortMax, log });
  ends.push(() => media.stop());
  const speech = await setUpSpeech({ db, clock, chance, log, dataDir: options.dataDir, engine: startSpeech({ log }), recogniserUrl: options.recogniserUrl, users: () => promptUsers(directory, queueSettings) });
  const { prompts } = speech;
  checkPrompts(queueSettings, speech.store);
  const ahead = options.speakAhead === false ? null : speakAhead({ directory, queueSettings, speech, clock, log });
  ends.push(() => speech.stop(), () => ahead?.stop());
  const greeted = ahead?.start();
  await jobs.work("prompts", () => speech.sweep());
  await jobs.every("prompts", "37 3 * * *", {});

  // Channels tell the centre, the centre orders the channels: the two know each other by these late-bound names only.
  let centre: Centre;
  let voice: Voice;
  const mail = options.smtpUrl === undefined ? null : startMail({ smtpUrl: options.smtpUrl, from: options.mailFrom ?? `telephone@${domain}`, zone: setting.timeZone, log });
  if (mail) ends.push(() => mail.stop());
  const exchangeSetup = await setUpExchange({
    db, clock, chance, log, config: exchangeConfig, directory, crm, media, prompts, trunks: trunkDoor, domain, dataDir: options.dataDir, zone: setting.timeZone, run: nodes.run, accountsOf, agentOf,
    sip: { command: (command) => sockets.command(command), contacts: (account) => sockets.contacts(account), keysInTheOpen: options.srtpWithoutTls === true, peerOf: (ref) => sockets.peerOf(ref) },
    dialogOf: (ref) => sockets.peerOf(ref)?.dialog ?? null, isVisitor: (account) => phones.visitorOf(account) !== null, isTryIt, voice: () => voice, centre: () => centre, mail: mail && ((message) => mail.voicemail(message)), queueMessages: promised.messagesFor, ladders,
  });
  const sockets: SipSockets = await openSipSockets({ host: options.host, advertisedHost: options.advertisedHost, udpPort: options.sipPort, tcpPort: options.sipPort, tls: sipTlsOf(options), keysInTheOpen: options.srtpWithoutTls === true, core, clock, log, dns: borderSetup.expecting(createSipDns({ clock, chance, log })), admit: borderSetup.admit, seen: (direction, bytes, peer) => capture.message(direction, bytes, peer, clock.now()), hear: (event) => {
    borderSetup.hear(event);
    registrations.hear(event);
    nodes.hear(event);
    exchangeSetup.published.hear(event);
    texts.hear(event);
    promised.hear(event);
    if (event.type === "registered" || event.type === "unregistered" || event.type === "bindingLearned") deviceChanged(event.account);
    trunkDoor.hear(event, (heard) => {
      if (!exchangeSetup.exchange.onSip(heard)) voice.onSip(heard);
    });
  } });
  ends.push(() => sockets.stop(), () => trunkDoor.stop(), () => borderSetup.stop());
  borderSetup.watch({
    // a host that is a name is known by the addresses that it leads to
    trunkNetworks: () => trunkDoor.store.trunks().filter(({ active }) => active).flatMap(({ addresses, host }) => [...addresses, host]),
    onTrunks: (hear) => trunkDoor.store.onChange(hear),
    byTrunk: (user, address) => trunkDoor.trunks.admits(user, address),
    outsideLegs: () => [...exchangeSetup.exchange.outsideLegs(), ...promised.outsideLegs()],
    hangUp: (ref, reason) => sockets.command({ type: "hangUp", ref, reason }),
  });
  const deviceChanged = (account: string): void => {
    const agentId = agentOf(account);
    if (agentId !== null) agentDevices(agentId);
    exchangeSetup.exchange.accountChanged(account);
  };
  /** A phone was given to somebody, or taken: whose it was and whose it is. */
  const devicesChanged = (): void => {
    for (const agent of centre.agents()) agentDevices(agent.id);
  };
  const agentDevices = (agentId: string): void => {
    centre.setVoiceDevice(agentId, exchangeSetup.hasDevice(agentId), exchangeSetup.exchange.busyElsewhere(agentId));
  };
  voice = createVoice({
    sip: sockets,
    media,
    clock,
    chance,
    log,
    prompts,
    recordingPath: speech.recordingPath,
    recogniser: speech.recogniser,
    recordingDir: options.recordingDir,
    tones: promised.tones,
    tell: (event) => centre.hear(event),
    accountsOf,
    agentOf,
    hearsFreely: speech.hearsFreely,
    resolveNumber(user, account) {
      const number = numberDialled(directory, user)?.number ?? flows.tryNumber(user, account === null ? null : agentOf(account));
      return number === null ? { kind: "none" } : { kind: "number", number };
    },
    outside: (call) => trunkDoor.inboundOf(call.ref),
    visitorOf(account) {
      const visitor = phones.visitorOf(account);
      return visitor && { visitorId: visitor.id, name: visitor.name, language: visitor.language, context: contextOfPage(visitor.page) };
    },
    newInteractionId: () => newId("int", clock.now(), chance),
    claim: (ref, id) => ladders.claim(ref, id),
    handOver: (leg, { agentId, to, customer }, back) => exchangeSetup.exchange.handOver(leg, { byUserId: agentId, customer, ...to }, back),
    partyOf(ref) {
      const userId = exchangeSetup.exchange.farUserOf(ref);
      return userId !== null && centre.agent(userId) ? userId : null;
    },
  });

  const texts = setUpMessages({
    clock, chance, log, centre: () => centre, command: (command) => sockets.command(command), messages: (id) => history.messages(id),
    centreNumber: (user) => numberDialled(directory, user)?.number ?? null, accountsNamed: exchangeSetup.accountsNamed, shownAs: exchangeSetup.shownAs,
    waysOutside: exchangeSetup.waysOutside,
  });
  const ports = centrePorts({ crm, history, jobs, log });
  const chat = setUpChat({ clock, chance, directory, history, timers: ports.timers, centre: () => centre, typing: (interaction, untilMs) => feed.typing(interaction, "customer", untilMs) });
  centre = createCentre({
    clock,
    chance,
    log,
    acd,
    channels: [voice, voice.callbacks, chat, texts.channel],
    store: factStore(factLog, flows.hidden),
    ...ports,
    flows: flows.ports,
    setup: setupOf(directory, queueSettings, setting.webNumber, promised.waitError, (agentId, typed) => exchangeSetup.exchange.handOverTarget(agentId, typed)),
  });
  ends.push(() => {
    centre.stop();
    chat.stop();
    texts.channel.stop();
  });

  const feedSetup = setUpFeed({
    clock, chance, centre, directory, timeZone: setting.timeZone,
    devices: (agentId) => [...new Set(accountsOf(agentId).filter((a) => sockets.contacts(a.account).length > 0).map((a) => a.kind))],
  });
  ends.push(() => feedSetup.stop());
  const { feed, days } = feedSetup;
  const metrics = createMetrics({ centre, directory, border: borderSetup.desk });
  endAccounts({ directory, forget: (account) => sockets.command({ type: "forget", account }), userChanged: (userId) => exchangeSetup.exchange.userChanged(userId) });
  feedSetup.follow({
    chat, metrics,
    identified: (interaction) => keepCustomerFields(crm, interaction, log),
    callEnded: (id) => ladders.ended(id),
    agentChanged: (agentId) => exchangeSetup.exchange.userChanged(agentId),
    phonesChanged: devicesChanged,
    noAgentNow: (userId) => phones.revokeAgent(userId),
  });
  promised.follow({ changed: (work) => feed.promisedWork({ t: "promisedWork", queueId: work.queueId, ...promised.openIn(work.queueId), changed: work }), lamps: (userIds) => exchangeSetup.lampsChanged(userIds) });
  feed.serveWork(promised.openIn);
  cases.onChange((one) => feed.caseChanged(one));
  sockets.restore((await registrations.kept()).filter(({ account }) => phoneInUse(directory, account) !== null));
  await jobs.work("registrations", () => registrations.tidy());
  await jobs.every("registrations", "11 * * * *", {});
  /** What only the one who has the centre does; after a former holder as after a restart of one's own. */
  const lead = async (): Promise<void> => {
    for (const queue of directory.queues()) centre.putQueue(queueConfig(queue));
    for (const user of directory.users()) if (user.active && user.roles.includes("agent")) centre.putAgent(agentConfig(user), user.wish);
    devicesChanged();
    trunkDoor.start();
    await promised.open();
    await flows.secrets.reload();
    await flows.hidden.load();
    await recover({ centre, factLog, history, days, directory, now: clock.now(), log });
    texts.channel.start();
    promised.start();
    await jobs.work<{ id: string }>("idle", async ({ data }) => centre.timerDue("idle", data.id));
  };
  ends.push(() => nodes.stop());
  const studio = setUpFlowStudio({ db, clock, log, directory, queueSettings, deflection, speech, zone: setting.timeZone, country: () => exchangeConfig.settings().region, centre: () => centre, leads: () => nodes.leads() });
  ends.push(() => studio.stop());
  const api = await createApi({
    centre, chat, clock, cases, crm, directory, queueSettings, hours: deflection, flowOutside: flows.outside, sessions, feed, history, log,
    border: borderSetup.desk,
    callbacks: promised,
    prompts: speech.desk,
    flows: studio,
    trunks: trunkDoor,
    browserPhones: phones,
    attachSip: (socket, request) => sockets.attachWebSocket(socket, request),
    sip: (reachedAs) => phoneLine({ domain, host: hostForPhones(options, clock.now()), ports: sockets.ports, certificate: options.tls?.current.cert ?? null }, reachedAs),
    telephony: telephonyFor({ db, clock, chance, directory, config: exchangeConfig, exchange: exchangeSetup.exchange, dataDir: options.dataDir, accountsOf, isRegistered: (account) => sockets.contacts(account).length > 0 }),
    registered: (account) => sockets.contacts(account).map(({ contact, userAgent, expiresAtMs }) => ({ contact, userAgent, expiresAtMs })),
    centreName: setting.name,
    timeZone: setting.timeZone,
    mainNumber: () => setting.mainNumber,
    webNumber: () => (setting.webNumber !== null && directory.numberOf(setting.webNumber) ? setting.webNumber : null),
    secure: options.tls !== null,
    tls: options.tls?.current ?? null,
    metrics: () => metrics.text(),
    async healthy() {
      const database = await db.query("SELECT 1").then(() => true, () => false);
      const role = nodes.role();
      return { ok: database, database, ...(role !== null && { role }) };
    },
    leads: () => nodes.serves(),
    recordingDir: options.recordingDir,
    ladder: (id) => ladders.of(id),
    desktopDir: options.desktopDir,
    widgetDir: options.widgetDir,
  });
  // Last opened, first ended: the web, and before it the calls, so that the telephones in browsers still hear the goodbye.
  ends.push(() => api.stop(), () => voice.stop(), () => exchangeSetup.exchange.stop());
  // from here on the others watch for its life: what keeps the processor of a starting server busy is behind it
  await nodes.start({ core, sockets, exchange: exchangeSetup.exchange, registrations, directory, settings: [queueSettings, deflection.deflection.calendars, speech.store], config: exchangeConfig, lead, fenced: options.fenced ?? ((why) => log.error({ why }, "this node must end")) });
  const { port } = await api.listen(options.host, options.port);
  await greeted;
  options.tls?.onChange((current) => api.renewTls(current));

  return {
    port,
    sipPort: sockets.ports.udp,
    secrets,
    stop: () => unwind(ends, log),
  };
}

/** What was opened last ends first; one that fails does not keep the others. */
async function unwind(ends: (() => unknown)[], log: Log): Promise<void> {
  for (const end of ends.splice(0).toReversed()) {
    try {
      await end();
    } catch (error) {
      log.error({ why: (error as Error).message }, "a part could not stop cleanly");
    }
  }
}
