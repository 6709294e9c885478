import { z } from "zod";
import { BanView, BorderCounts, BorderNotice, BorderRules, FraudRules } from "@tandem/protocol";
import { parseNetwork } from "../border/border.ts";
import type { ApiApp, ApiOptions } from "./api.ts";
import { refuse } from "./guard.ts";

/** The border as administrators see it. */
export interface BorderDesk {
  rules(): BorderRules;
  putRules(rules: BorderRules): Promise<void>;
  fraudRules(): FraudRules;
  putFraudRules(rules: FraudRules): Promise<void>;
  bans(): BanView[];
  /** False when that address was not banned. */
  lift(address: string): Promise<boolean>;
  counts(): BorderCounts;
  notices(): Promise<BorderNotice[]>;
}

const WRITE = ["administrator"] as const;
const READ = ["administrator", "supervisor"] as const;
/** Of a ban: its address, "/64" included. */
const Id = z.object({ id: z.string().max(64) });

export function borderRoutes(app: ApiApp, { border }: ApiOptions): void {
  app.get("/api/telephony/border", { config: { who: READ }, schema: { response: { 200: BorderRules }, summary: "Who may speak to the SIP server, and how much" } }, async () => border.rules());
  app.put("/api/telephony/border", { config: { who: WRITE }, schema: { body: BorderRules, response: { 200: BorderRules }, summary: "Change it; holds at once" } }, async (request, reply) => {
    if (request.body.access.some(({ network }) => parseNetwork(network) === null)) return refuse(request, reply, "bad-input", "access");
    await border.putRules(request.body);
    return border.rules();
  });
  app.get("/api/telephony/fraud", { config: { who: READ }, schema: { response: { 200: FraudRules }, summary: "The rules against toll fraud" } }, async () => border.fraudRules());
  app.put("/api/telephony/fraud", { config: { who: WRITE }, schema: { body: FraudRules, response: { 200: FraudRules }, summary: "Change them; they hold at once" } }, async (request) => {
    await border.putFraudRules(request.body);
    return border.fraudRules();
  });
  app.get("/api/telephony/bans", { config: { who: READ }, schema: { response: { 200: z.array(BanView) }, summary: "Addresses that are shut out" } }, async () => border.bans());
  app.delete("/api/telephony/bans/:id", { config: { who: WRITE }, schema: { params: Id, summary: "Let an address in again" } }, async (request, reply) =>
    (await border.lift(request.params.id)) ? reply.code(204).send() : refuse(request, reply, "not-found"));
  app.get("/api/telephony/border/counts", { config: { who: READ }, schema: { response: { 200: BorderCounts }, summary: "What the border let through and refused" } }, async () => border.counts());
  app.get("/api/telephony/border/notices", { config: { who: READ }, schema: { response: { 200: z.array(BorderNotice) }, summary: "What the border told administrators, newest first" } }, async () => border.notices());
}
