import { FlowSecret, PutSecret, SecretName } from "@tandem/protocol/flow-outside";
import { z } from "zod";
import type { ApiApp } from "./api.ts";
import { refuse } from "./guard.ts";

/** Written, never read: only their names are told. */
export interface SecretDesk {
  list(): FlowSecret[];
  put(name: string, value: string): Promise<void>;
  /** False when there is none of that name. */
  remove(name: string): Promise<boolean>;
}

/** Attack: an administrator's session that fills the database. */
const MAX_SECRETS = 200;
const WRITE = ["administrator"] as const;
const OfName = z.object({ name: SecretName });

export function flowSecretRoutes(app: ApiApp, { secrets }: { secrets: SecretDesk }): void {
  app.get("/api/admin/flow-secrets", { config: { who: WRITE }, schema: { response: { 200: z.array(FlowSecret) }, summary: "Names of the secrets that flows send" } }, async () => secrets.list());
  app.put("/api/admin/flow-secrets/:name", { config: { who: WRITE }, schema: { params: OfName, body: PutSecret, summary: "Set a secret of flows" } }, async (request, reply) => {
    const known = secrets.list();
    if (known.length >= MAX_SECRETS && !known.some(({ name }) => name === request.params.name)) return refuse(request, reply, "too-many");
    await secrets.put(request.params.name, request.body.value);
    return reply.code(204).send();
  });
  app.delete("/api/admin/flow-secrets/:name", { config: { who: WRITE }, schema: { params: OfName, summary: "Remove a secret of flows" } }, async (request, reply) =>
    (await secrets.remove(request.params.name)) ? reply.code(204).send() : refuse(request, reply, "not-found"));
}
