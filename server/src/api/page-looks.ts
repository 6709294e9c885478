import type { FastifyRequest } from "fastify";
import type { Clock } from "../base/clock.ts";
import { clientNetwork } from "./guard.ts";
import { Throttle, type Limit } from "./throttle.ts";

/**
 * Of one network. Attack: hours, shares and slots of queues computed in a loop. A page asks twice a minute at most while its panel is open; a whole
 * office, or a mobile network, has one address.
 */
const LOOKS: Limit = { max: 2_000, windowMs: 600_000 };

/** Whether who sends this may look at what pages show their visitors: one count for all of it. */
export function pageLooks(clock: Clock): (request: FastifyRequest) => boolean {
  const throttle = new Throttle();
  return (request) => {
    const network = clientNetwork(request.socket.remoteAddress, request.headers);
    return network === null || throttle.take([[network, LOOKS]], clock.now());
  };
}
