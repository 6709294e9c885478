import type { Ground } from "./ground.ts";
import { lead } from "./guide.ts";
import type { Party } from "./party.ts";
import type { Sound } from "./sounds.ts";

/** Says something to somebody, answered first if they are not, and hangs up. */
export function announce(ground: Ground, party: Party, ...sounds: readonly Sound[]): void {
  lead(ground, party, { begin: () => ground.sounds.play(party, sounds, () => ground.parties.end(party, 480, "announcement over")) });
}
