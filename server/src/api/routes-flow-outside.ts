/** What flows use outside: secrets, written and never read, and the assistants that a step may name. Hosts and assistants are kept as the setting `flow-outside`. */
import { AssistantName, AssistantTried, FlowSecretRow, PutSecret, SecretName, TryAssistant } from "@tandem/protocol/flow-outside";
import { z } from "zod";
import type { ApiApp } from "./api.ts";
import { refuse } from "./guard.ts";

export interface OutsideDesk {
  /** Set ones, and those that are named and not set; never their values. */
  secrets(): FlowSecretRow[];
  putSecret(name: string, value: string): Promise<void>;
  /** False when there is none of that name. */
  removeSecret(name: string): Promise<boolean>;
  assistants(): AssistantName[];
  /** One turn; answers within the time that a flow would wait. */
  tryAssistant(question: TryAssistant): Promise<AssistantTried>;
}

/** Attack: an administrator's session that fills the database. */
const MAX_SECRETS = 200;
const WRITE = ["administrator"] as const;
const READ = ["administrator", "supervisor"] as const;
const OfName = z.object({ name: SecretName });

export function flowOutsideRoutes(app: ApiApp, { outside }: { outside: OutsideDesk }): void {
  app.get("/api/admin/flow-secrets", { config: { who: WRITE }, schema: { response: { 200: z.array(FlowSecretRow) }, summary: "Names of the secrets that flows send, and who uses them" } }, async () => outside.secrets());
  app.put("/api/admin/flow-secrets/:name", { config: { who: WRITE }, schema: { params: OfName, body: PutSecret, summary: "Set a secret of flows" } }, async (request, reply) => {
    const known = outside.secrets().filter(({ changedAtMs }) => changedAtMs !== null);
    if (known.length >= MAX_SECRETS && !known.some(({ name }) => name === request.params.name)) return refuse(request, reply, "too-many");
    await outside.putSecret(request.params.name, request.body.value);
    return reply.code(204).send();
  });
  app.delete("/api/admin/flow-secrets/:name", { config: { who: WRITE }, schema: { params: OfName, summary: "Remove a secret of flows" } }, async (request, reply) =>
    (await outside.removeSecret(request.params.name)) ? reply.code(204).send() : refuse(request, reply, "not-found"));
  app.get("/api/flow-assistants", { config: { who: READ }, schema: { response: { 200: z.array(AssistantName) }, summary: "Assistants that a step of a flow may name" } }, async () => outside.assistants());
  app.post("/api/admin/flow-assistants/try", { config: { who: WRITE }, schema: { body: TryAssistant, response: { 200: AssistantTried }, summary: "Ask an assistant one question before it is saved" } }, (request) => outside.tryAssistant(request.body));
}
