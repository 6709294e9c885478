/** A transfer that an agent's own phone asks for (REFER): told upwards, where it is judged; the phone hears how it went. */
import type { Log } from "../base/log.ts";
import type { ChannelEvent } from "../hub/hub.ts";
import type { Call } from "./call.ts";
import type { LegEvent } from "./leg.ts";
import type { Legs } from "./legs.ts";
import type { VoiceOptions } from "./ports.ts";

export interface TransferAskedOptions {
  partyOf: VoiceOptions["partyOf"] | undefined;
  calls: ReadonlyMap<string, Call>;
  legs: Legs;
  log: Log;
  tell(event: ChannelEvent): void;
}

export function transferAsked(options: TransferAskedOptions, call: Call, agentId: string, ref: string, { target: dialled, replaces }: Extract<LegEvent, { type: "refer" }>): void {
  const { legs, log, tell } = options;
  const { agent } = call;
  if (agent?.ref !== ref) return legs.refuseRefer(ref, 403);
  const consulted = replaces?.ref ?? null;
  const consultedAgent = attendedTo(options, consulted);
  const target = consultedAgent ?? dialled;
  // a phone that hears 200 ends its consultation, too: not before the customer has its place
  const waits = consulted !== null && consultedAgent === null;
  let answered = false;
  const once = (act: () => void) => (): void => {
    if (answered) return;
    answered = true;
    act();
  };
  tell({
    type: "transferAsked", id: call.id, agentId, target, ...(waits && { consulted }),
    accept: once(() => {
      legs.acceptRefer(ref);
      if (waits) agent.referral = true;
      else legs.referProgress(ref, 200, "OK");
    }),
    refuse: (why) => {
      log.info({ call: call.id, target, why }, "a transfer asked by phone is refused");
      once(() => legs.refuseRefer(ref, 404))();
    },
  });
}

/** Attended transfer (RFC 5589 7.1): the call that the agent consulted on names whom the customer goes to, better than the dialled number does. */
function attendedTo({ calls, partyOf }: TransferAskedOptions, ref: string | null): string | null {
  if (ref === null) return null;
  for (const call of calls.values()) if (call.customerRef === ref) return call.agent?.agentId ?? null;
  return partyOf?.(ref) ?? null;
}
