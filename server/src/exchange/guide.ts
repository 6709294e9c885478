import type { Ground } from "./ground.ts";
import type { Party } from "./party.ts";

/** What becomes of one party who is alone with us: whoever listens to words, presses keys, or is about to be put somewhere. */
export interface Guide {
  /** They are answered. */
  begin(): void;
  key?(key: string): void;
  /** They hung up. */
  gone?(): void;
  /** As `Owner.replace`; absent, nobody takes their place. */
  replace?(old: Party, fresh: Party): boolean;
  /** To a transfer by their phone: there is no call of theirs that could go elsewhere (403), or not yet (491). */
  refusal?: 403 | 491;
}

/** Takes a party over and answers them, unless they are already. */
export function lead(ground: Ground, party: Party, guide: Guide): void {
  party.owner = {
    hear(_, event) {
      switch (event.type) {
        case "up":
          return guide.begin();
        case "digit":
          return guide.key?.(event.key);
        case "refer":
          return ground.legs.refuseRefer(party.ref, guide.refusal ?? 403);
        case "gone":
          return guide.gone?.();
        default:
      }
    },
    replace: (old, fresh) => guide.replace?.(old, fresh) ?? false,
  };
  if (party.phase === "up") guide.begin();
  else ground.parties.answer(party);
}
