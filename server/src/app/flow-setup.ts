/** Flows wired to the world: what they ask (customers, HTTP, assistants, texts), what is open, drafts that are tried, what is counted. */
import { join } from "node:path";
import type { Value, Values } from "@tandem/protocol/flow/flow";
import type { OutsideDesk } from "../api/api.ts";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { AskAbout, Centre, FlowAsks, FlowMove, FlowPorts } from "../centre/centre.ts";
import type { Cases, Crm } from "../crm/crm.ts";
import type { Db, Jobs } from "../db/db.ts";
import { beyond } from "../deflection/deflection.ts";
import type { Directory, QueueSettings, UserRow } from "../directory/directory.ts";
import { coerce, type Answer, type Ask } from "../flow/flow.ts";
import type { Interaction } from "../hub/hub.ts";
import { createSeal } from "../trunk/trunk.ts";
import { channelOf, type DeflectionSetup } from "./deflection-setup.ts";
import { createAssistants } from "./flow-assistants.ts";
import { lookUpCase, updateCase } from "./flow-cases.ts";
import { atPointer, createOutsideHttp, type OutsideRequest } from "./flow-http.ts";
import { assistantOf, createOutsideDesk } from "./flow-outside.ts";
import { createFlowSecrets, type FlowSecrets } from "./flow-secrets.ts";
import { createFlowTraffic } from "./flow-traffic.ts";
import { createHiddenStore, type HiddenStore } from "./hidden-answers.ts";
import { keyFile } from "./key-file.ts";

/** A number that runs the draft of that flow for whoever may open flows. */
const TRY = "try-";
/** Longest value that goes into a variable of a flow. */
const MAX_VALUE_CHARS = 400;

export interface FlowSetupOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  log: Log;
  dataDir: string;
  directory: Directory;
  queueSettings: QueueSettings;
  crm: Crm;
  cases: Cases;
  jobs: Jobs;
  deflection: DeflectionSetup;
  zone: string;
  /** ISO 3166, of numbers without a prefix. */
  country(): string;
  centre(): Centre;
  handOverTarget: NonNullable<FlowPorts["handOverTarget"]>;
  /** Sends a text to a telephone; answers the final SIP status. */
  text(to: string, from: string, text: string, done: (status: number) => void): void;
  /** A try-it call of this user moved. */
  tried(userId: string, flowId: string, stepId: string, port: string | null): void;
  /** What other rooms answer: slots, callbacks, messages. */
  asks: FlowAsks;
  promises: Pick<FlowPorts, "standing" | "cancelStanding" | "canCallBack">;
}

export interface FlowSetup {
  ports: FlowPorts;
  secrets: FlowSecrets;
  /** What is written beside the facts of contacts. */
  hidden: HiddenStore;
  outside: OutsideDesk;
  /** The number as the centre knows it, when that user may try a draft by dialling it. */
  tryNumber(user: string, userId: string | null): string | null;
  stop(): Promise<void>;
}

/** Who comes for the first time has had a record for a moment: only whom it is not about yet is asked for, so finding that one is knowing nobody. */
export async function lookUpCustomer(crm: Pick<Crm, "lookUp" | "card" | "lastContact">, value: string, { customerId }: Pick<AskAbout, "customerId">): Promise<Answer> {
  const id = await crm.lookUp(value);
  const card = id === null || id === customerId ? null : await crm.card(id);
  return { ok: true, customer: card && { ...card, known: true }, last: card === null || id === null ? null : await crm.lastContact(id) };
}

export const isTryIt = (number: string): boolean => number.startsWith(TRY);

export async function setUpFlows(options: FlowSetupOptions): Promise<FlowSetup> {
  const { db, clock, chance, log, directory, queueSettings, crm, cases, jobs, deflection, zone, centre } = options;
  const seal = createSeal(await keyFile(join(options.dataDir, "flow.key"), "the secrets of flows", chance, log), chance);
  const secrets = await createFlowSecrets({ db, clock, seal, log });
  const hidden = createHiddenStore({ db, seal, log });
  const outside = () => queueSettings.get("flow-outside", "");
  const http = createOutsideHttp({ hosts: () => outside().hosts });
  const assistants = createAssistants({ http, secrets });
  const traffic = createFlowTraffic({ db, clock, log });
  await jobs.work("flow-traffic", () => traffic.tidy());
  await jobs.every("flow-traffic", "41 3 * * *", {});

  const opensFlows = (user: UserRow | null): boolean => user !== null && user.active && (user.roles.includes("administrator") || user.roles.includes("supervisor"));
  const failing = (ask: string, answer: (answer: Answer) => void) => (error: Error): void => {
    log.error({ ask, why: error.message }, "a flow's question failed; it goes on without");
    answer({ ok: false, why: error.message });
  };

  const asks: FlowAsks = {
    lookup(ask, about, answer) {
      (async () => {
        if (ask.of !== undefined) return answer(await lookUpCase(cases, ask, about));
        answer(await lookUpCustomer(crm, ask.value, about));
      })().catch(failing("lookup", answer));
      return undefined;
    },
    update(ask, about, answer) {
      if (ask.of !== undefined) {
        updateCase(cases, ask, about).then(answer, failing("update", answer));
        return undefined;
      }
      update(crm, ask.fields, about).then((customer) => answer(customer === null ? { ok: false, why: "nobody is known here" } : { ok: true, customer }), failing("update", answer));
      return undefined;
    },
    http(ask, about, answer) {
      const request = filled(ask, secrets);
      if (!request) {
        answer({ ok: false, why: "a secret that it names is not set" });
        return undefined;
      }
      // sent again after a restart it is the same request
      return http.call({ ...request, method: ask.method, headers: { ...request.headers, ...(ask.method === "GET" ? {} : { "idempotency-key": about.deedId }) } }, (result) => answer(result.ok ? { ok: true, values: saved(ask, result.json) } : result));
    },
    assistant(ask, about, answer) {
      const found = outside().assistants.find(({ id }) => id === ask.assistantId);
      if (!found) {
        answer({ ok: false, why: `no assistant "${ask.assistantId}"` });
        return undefined;
      }
      return assistantOf(assistants, found)({ text: ask.text, turn: ask.turn, about }, answer);
    },
    sms(ask, about, answer) {
      options.text(ask.to, about.to, ask.text, (status) => answer(status < 300 ? { ok: true } : { ok: false, why: `status ${status}` }));
      return undefined;
    },
    ...options.asks,
  };

  const draftOf = (id: string): Promise<{ document: unknown } | null> => directory.studio.draft(id);

  const ports: FlowPorts = {
    version: (id, version) => directory.flowVersion(id, version),
    published: (id) => directory.flow(id)?.definition,
    tried({ to, context }) {
      if (!to.startsWith(TRY)) return null;
      const by = context.callingAgentId ?? "";
      return (done) => {
        if (!opensFlows(directory.user(by))) return done(null);
        draftOf(to.slice(TRY.length)).then((draft) => done(draft && { document: draft.document, by }), (error: Error) => {
          log.error({ flow: to, why: error.message }, "a draft could not be read for who tries it");
          done(null);
        });
      };
    },
    world(it) {
      const channel = channelOf(it);
      const nowMs = clock.now();
      return {
        centre: { zone, country: options.country(), email: queueSettings.get("details", "").supportEmail, site: queueSettings.get("details", "").publicUrl },
        hours: (of, _medium, language) => deflection.deflection.hoursOf(of, channel, language, nowMs).state,
        queue(id, language) {
          if (!directory.queue(id)) return null;
          const { count, oldestSinceMs, freeAgents, staffed } = centre().queueLive(id);
          const longestWaitMs = oldestSinceMs === null ? 0 : Math.max(0, nowMs - oldestSinceMs);
          const live = { waiting: count, longestWaitMs, freeAgents, staffed };
          return { open: deflection.deflection.hoursOf({ kind: "queue", queueId: id }, channel, language, nowMs).state === "open", full: beyond(queueSettings.get("over-capacity", id), live) !== null, ...live };
        },
      };
    },
    asks,
    ...options.promises,
    deflect: (...asked) => deflection.deflect(...asked),
    chosen: (it) => deflection.chosen(it),
    handOverTarget: options.handOverTarget,
    lastResort: () => directory.queues()[0]?.id ?? null,
    hidden: hidden.port,
    moved(move: FlowMove) {
      traffic.moved(move);
      if (move.triedBy !== null && move.ended === null) options.tried(move.triedBy, move.inFlow, move.stepId, move.port);
    },
  };

  return {
    ports,
    secrets,
    hidden,
    outside: createOutsideDesk({ clock, secrets, assistants, outside, flows: () => directory.flows() }),
    tryNumber: (user, userId) => (user.startsWith(TRY) && userId !== null && directory.studio.head(user.slice(TRY.length)) !== null && opensFlows(directory.user(userId)) ? user : null),
    async stop() {
      http.stop();
      await traffic.stop();
    },
  };
}

/** The card as it is then; null = there is nobody whose card it would be. */
async function update(crm: Crm, fields: Values, about: AskAbout): Promise<Values | null> {
  if (about.customerId === null) return null;
  const { name, language, ...own } = fields;
  if (typeof name === "string" || language === "fr" || language === "en") {
    await crm.setNameAndLanguage(about.customerId, { ...(typeof name === "string" && name.trim() !== "" && { name: name.trim().slice(0, 120) }), ...((language === "fr" || language === "en") && { language }) });
  }
  if (Object.keys(own).length > 0) await crm.putFields(about.customerId, Object.fromEntries(Object.entries(own).map(([field, value]) => [field, String(value ?? "")])));
  const card = await crm.card(about.customerId);
  return card && { ...card, known: true };
}

/** A URL may begin with a secret: that one is its scheme, host and path as they are; others are values within it. */
const BASE = /^\{secret\.\w+\}/;

/** A secret as a part of the host's name. */
const HOST = /^https?:\/\/([^/?#]*\{secret\.[^/?#]*)/;

/** An HTTP step's request with its secrets; null = one is not there. */
export function filled(ask: Extract<Ask, { kind: "http" }>, secrets: Pick<FlowSecrets, "fill">): Omit<OutsideRequest, "method"> & { headers: Record<string, string> } | null {
  const named = BASE.exec(ask.url)?.[0] ?? "";
  const base = secrets.fill(named, (secret) => secret);
  const url = secrets.fill(ask.url.slice(named.length), encodeURIComponent);
  const body = ask.body === null ? { text: null, secret: false } : secrets.fill(ask.body, (value) => JSON.stringify(value).slice(1, -1));
  const headers = Object.entries(ask.headers).map(([name, value]) => ({ name, value: secrets.fill(value, (secret) => secret) }));
  if (!base || !url || !body || headers.some(({ value }) => value === null)) return null;
  const shownHost = HOST.exec(ask.url)?.[1];
  return {
    ...(shownHost !== undefined && { shownHost }),
    url: base.text + url.text,
    body: body.text,
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value?.text ?? ""])),
    secret: base.secret || url.secret || body.secret || headers.some(({ value }) => value?.secret === true),
  };
}

function saved(ask: Extract<Ask, { kind: "http" }>, json: unknown): Values {
  const values: Record<string, Value> = {};
  for (const { name, pointer, type } of ask.saves) {
    const found = atPointer(json, pointer);
    const plain: Value = typeof found === "string" ? found.slice(0, MAX_VALUE_CHARS) : typeof found === "number" || typeof found === "boolean" ? found : null;
    const value = coerce(type, plain);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** The published and drafted flows' ids that a contact began with: what a restart has to bring back into memory. */
export function versionsOf(open: readonly Interaction[]): { id: string; version: number }[] {
  const wanted = new Map<string, { id: string; version: number }>();
  for (const it of open) {
    const kept = (it.flow ?? it.unfinished) as { state?: { flowId?: unknown; version?: unknown } | null; pins?: Record<string, number> } | null | undefined;
    const add = (id: unknown, version: unknown): void => {
      if (typeof id === "string" && typeof version === "number") wanted.set(`${id} ${version}`, { id, version });
    };
    add(kept?.state?.flowId, kept?.state?.version);
    for (const [id, version] of Object.entries(kept?.pins ?? {})) add(id, version);
  }
  return [...wanted.values()];
}
