/** The trunks wired: their rows and key read, SIP events given to them, certificates fetched for them. */
import { join } from "node:path";
import type { TelephonySettings } from "@tandem/protocol";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Crm } from "../crm/crm.ts";
import type { Db } from "../db/db.ts";
import type { Interaction } from "../hub/hub.ts";
import type { SipCommand, SipEvent } from "../sip/sip.ts";
import { createSeal, createTrunks, createTrunkStore, type FraudPort, type InboundCall, type Trunks, type TrunkStore } from "../trunk/trunk.ts";
import { keyFile } from "./key-file.ts";

/** A certificate that takes longer is not waited for: the caller hears silence meanwhile. */
const fetchMs = 3_000;
/** Attack: a certificate of gigabytes. */
const maxCertificateBytes = 64 * 1024;

export interface TrunkSetupOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  log: Log;
  dataDir: string;
  settings(): Pick<TelephonySettings, "region" | "emergencyNumbers">;
  fraud: FraudPort;
  command(command: SipCommand): void;
}

export interface TrunkSetup {
  trunks: Trunks;
  store: TrunkStore;
  /** Passes on what is not the trunks' own, an incoming call once its signature can be judged. */
  hear(event: SipEvent, next: (event: SipEvent) => void): void;
  /** What a call that is here came with; null = by no trunk. */
  inboundOf(ref: string): InboundCall | null;
  start(): void;
  stop(): Promise<void>;
}

export async function setUpTrunks(options: TrunkSetupOptions): Promise<TrunkSetup> {
  const { db, clock, chance, log, fraud, settings, command } = options;
  const seal = createSeal(await keyFile(join(options.dataDir, "trunk.key"), "the trunks' passwords", chance, log), chance);
  const store = await createTrunkStore({ db, clock, chance, seal });
  const trunks = createTrunks({
    sip: { command }, store, clock, chance, log, fraud, contactUser: (trunkId) => `t${seal.secretName(trunkId)}`,
    region: () => settings().region,
    emergencyNumbers: () => settings().emergencyNumbers,
    fetchCertificate: (url) => fetchCertificate(url, log),
  });
  const held = new Set<string>();
  const inbound = new Map<string, InboundCall>();

  function arrive(event: Extract<SipEvent, { type: "incoming" }>, next: (event: SipEvent) => void): void {
    const call = trunks.inbound(event);
    if (call && trunks.isFull(call.trunkId)) {
      log.warn({ trunk: call.trunkName }, "a trunk has all the calls that it may have");
      return command({ type: "reject", ref: event.ref, status: 503, reason: "Service Unavailable" });
    }
    if (call) {
      inbound.set(event.ref, call);
      trunks.started(call.trunkId, event.ref, call.calledE164 ?? "", "", clock.now());
    }
    next(event);
  }

  return {
    trunks,
    store,
    hear(event, next) {
      if (trunks.onSip(event)) return;
      if (event.type === "incoming") {
        const wait = trunks.prepare(event);
        if (!wait) return arrive(event, next);
        held.add(event.ref);
        wait.then(() => {
          if (held.delete(event.ref)) arrive(event, next);
        }).catch((error: unknown) => {
          log.error({ ref: event.ref, error }, "a call whose certificate was waited for could not be taken");
          command({ type: "reject", ref: event.ref, status: 500, reason: "Server Internal Error" });
        });
        return;
      }
      // who hung up while their certificate was fetched was never here
      if ((event.type === "cancelled" || event.type === "ended") && held.delete(event.ref)) return;
      next(event);
      if (event.type !== "cancelled" && event.type !== "ended") return;
      inbound.delete(event.ref);
      // also one that we placed, and that the exchange has handed on to the centre
      trunks.ended(event.ref, clock.now());
    },
    inboundOf: (ref) => inbound.get(ref) ?? null,
    start: () => trunks.start(),
    stop: () => trunks.stop(),
  };
}

/** RDP-03: what a call's headers say of the customer goes into their record. */
export function keepCustomerFields(crm: Pick<Crm, "putFields">, { id, customer, context }: Interaction, log: Log): void {
  const fields = Object.fromEntries(Object.entries(context).flatMap(([name, value]) => (name.startsWith("crm.") ? [[name.slice(4), value]] : [])));
  if (customer.id === null || Object.keys(fields).length === 0) return;
  crm.putFields(customer.id, fields).catch((error: Error) => log.error({ id, why: error.message }, "what a call said of its customer could not be kept"));
}

/** HTTPS only (asked before), nothing followed, little read. */
async function fetchCertificate(url: string, log: Log): Promise<string | null> {
  try {
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(fetchMs), headers: { accept: "application/pem-certificate-chain" } });
    if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
    let text = "";
    let bytes = 0;
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      bytes += chunk.length;
      if (bytes > maxCertificateBytes) throw new Error("too large");
      text += decoder.decode(chunk, { stream: true });
    }
    return text;
  } catch (error) {
    log.warn({ url, why: error instanceof Error ? error.message : String(error) }, "a caller's certificate could not be fetched");
    return null;
  }
}
