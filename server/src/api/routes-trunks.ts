import { z } from "zod";
import type { FastifyReply, FastifyRequest } from "fastify";
import { OutboundRoute, StirBody, StirSettings, TrunkBody, TrunkRow, type Language } from "@tandem/protocol";
import type { TrunkWritten, Trunks, TrunkStore, TrunkWhy } from "../trunk/trunk.ts";
import type { ApiApp, ApiOptions } from "./api.ts";
import { refuse } from "./guard.ts";

const WRITE = ["administrator"] as const;
const READ = ["administrator", "supervisor"] as const;
const Id = z.object({ id: z.string().max(64) });
/** `hasPassword` and `hasKey` say that a secret is stored; it is never sent back. */
const TrunkView = TrunkRow.extend({ hasPassword: z.boolean() });
const StirView = StirSettings.and(z.object({ hasKey: z.boolean() }));

/** The ways outside as the routes need them. */
export interface TrunkDesk {
  store: TrunkStore;
  trunks: Pick<Trunks, "state">;
}

export function trunkRoutes(app: ApiApp, { trunks: desk, timeZone }: ApiOptions): void {
  const { store, trunks } = desk;
  const written = (request: FastifyRequest, reply: FastifyReply, done: TrunkWritten): FastifyReply => (done.ok ? reply.send({ id: done.id }) : refuse(request, reply, done.code, done.field));
  const gone = (request: FastifyRequest, reply: FastifyReply, done: TrunkWritten): FastifyReply => (done.ok ? reply.code(204).send() : refuse(request, reply, done.code, done.field));

  app.get("/api/telephony/trunks", { config: { who: READ }, schema: { response: { 200: z.array(TrunkView) }, summary: "Trunks, and which live" } }, async (request) =>
    store.trunks().map((row) => {
      const { state, reason, sinceMs, calls } = trunks.state(row.id);
      return { ...row, live: { state, why: inWordsOf(reason, request.user?.language ?? "en", timeZone), sinceMs, calls }, hasPassword: store.password(row.id) !== "" };
    }));
  app.post("/api/telephony/trunks", { config: { who: WRITE }, schema: { body: TrunkBody, response: { 200: Id }, summary: "Create (trunks)" } }, async (request, reply) => written(request, reply, await store.putTrunk(null, request.body)));
  app.put("/api/telephony/trunks/:id", { config: { who: WRITE }, schema: { params: Id, body: TrunkBody, response: { 200: Id }, summary: "Change (trunks); password null keeps the stored one" } }, async (request, reply) => written(request, reply, await store.putTrunk(request.params.id, request.body)));
  app.delete("/api/telephony/trunks/:id", { config: { who: WRITE }, schema: { params: Id, summary: "Delete (trunks)" } }, async (request, reply) => gone(request, reply, await store.remove("trunk", request.params.id)));

  app.get("/api/telephony/routes", { config: { who: READ }, schema: { response: { 200: z.array(OutboundRoute.and(Id)) }, summary: "Which trunks carry which numbers" } }, async () => store.routes());
  app.post("/api/telephony/routes", { config: { who: WRITE }, schema: { body: OutboundRoute, response: { 200: Id }, summary: "Create (routes)" } }, async (request, reply) => written(request, reply, await store.putRoute(null, request.body)));
  app.put("/api/telephony/routes/:id", { config: { who: WRITE }, schema: { params: Id, body: OutboundRoute, response: { 200: Id }, summary: "Change (routes)" } }, async (request, reply) => written(request, reply, await store.putRoute(request.params.id, request.body)));
  app.delete("/api/telephony/routes/:id", { config: { who: WRITE }, schema: { params: Id, summary: "Delete (routes)" } }, async (request, reply) => gone(request, reply, await store.remove("route", request.params.id)));

  app.get("/api/telephony/stir", { config: { who: READ }, schema: { response: { 200: StirView }, summary: "Signed caller numbers (STIR)" } }, async () => ({ ...store.stir(), hasKey: store.stirKey() !== null }));
  app.put("/api/telephony/stir", { config: { who: WRITE }, schema: { body: StirBody, response: { 200: Id }, summary: "Change them; privateKey null keeps the stored one" } }, async (request, reply) => {
    const { privateKey, ...settings } = request.body;
    return written(request, reply, await store.putStir(settings, privateKey));
  });
}

/** Why a trunk is in its state, for a person. */
export function inWordsOf(reason: TrunkWhy, language: Language, timeZone: string): string {
  const say = (fr: string, en: string): string => (language === "fr" ? fr : en);
  switch (reason.why) {
    case "inactive": return say("désactivé", "switched off");
    case "not-asked": return say("non surveillé", "not watched");
    case "asking": return say("question posée, pas encore de réponse", "asked, no answer yet");
    case "answers": return say("répond", "answers");
    case "name-not-found": return say("nom introuvable dans le DNS", "name not found in DNS");
    case "no-answer": return say("ne répond pas", "does not answer");
    case "not-reachable": return say("injoignable", "not reachable");
    case "ended": return say("enregistrement terminé", "registration ended");
    case "registered": {
      const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", timeZone }).format(reason.untilMs);
      return say(`enregistré jusqu’à ${time}`, `registered until ${time}`);
    }
    case "refused": return `${reason.status} ${reason.reason}`.trim(); // the operator's own words
  }
}
