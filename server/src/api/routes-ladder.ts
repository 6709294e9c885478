import { LadderMessage } from "@tandem/protocol";
import { z } from "zod";
import type { ApiApp, ApiOptions } from "./api.ts";

/** The SIP lab: the messages of a call as they were on the wire. Administrators only: they name addresses and numbers. */
export function ladderRoutes(app: ApiApp, options: ApiOptions): void {
  app.get(
    "/api/calls/:id/ladder",
    { config: { who: ["administrator"] }, schema: { params: z.object({ id: z.string().max(64) }), response: { 200: z.array(LadderMessage) }, summary: "The SIP messages of a call, secrets masked; kept for a week" } },
    (request) => options.ladder(request.params.id),
  );
}
