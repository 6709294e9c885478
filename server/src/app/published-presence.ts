import { composePresence, type Presence, type SipEvent } from "../sip/sip.ts";

/** What accounts have published of themselves (RFC 3903), while it lasts. */
export interface PublishedPresence {
  hear(event: SipEvent): void;
  /** Null: none of these accounts has published anything. */
  of(accounts: readonly string[]): Presence | null;
}

/** `changed`: what an account has published is another now. */
export function createPublishedPresence(changed: (account: string) => void): PublishedPresence {
  const byAccount = new Map<string, Presence>();
  return {
    hear(event) {
      if (event.type !== "published") return;
      const { account, open, note, activities, expiresAtMs } = event;
      if (expiresAtMs === null) byAccount.delete(account);
      else byAccount.set(account, { open, note, activities });
      changed(account);
    },
    of(accounts) {
      const all = accounts.flatMap((account) => byAccount.get(account) ?? []);
      return all.length === 0 ? null : composePresence(all);
    },
  };
}
