import type { Directory } from "../directory/directory.ts";

type Phone = ReturnType<Directory["phones"]>[number];

/** A telephone whose account is good: whose user was switched off has none. */
export function phoneInUse(directory: Directory, account: string): Phone | null {
  const phone = directory.phoneOf(account);
  return phone === null || (phone.userId !== null && directory.user(phone.userId)?.active === false) ? null : phone;
}

export interface AccountEndsOptions {
  directory: Directory;
  /** Ends contacts, subscriptions and publications of an account. */
  forget(account: string): void;
  /** That user's telephones are others now. */
  userChanged(userId: string): void;
}

/**
 * Who is shut out is shut out now, not when their registration runs out: a telephone that was deleted, or has another password, or whose
 * user is gone or switched off. One whose user is gone may register again as a telephone that is nobody's: it has no extension then.
 */
export function endAccounts({ directory, forget, userChanged }: AccountEndsOptions): void {
  const known = new Map<string, Phone>(directory.phones().map((phone) => [phone.id, phone]));
  const look = (id: string): void => {
    const was = known.get(id);
    const phone = directory.phones().find((one) => one.id === id);
    if (phone) known.set(id, phone);
    else known.delete(id);
    if (!was) return;
    const shutOut = !phone || phone.ha1Md5 !== was.ha1Md5 || phoneInUse(directory, was.account) === null || (was.userId !== null && directory.user(was.userId) === null);
    if (shutOut) forget(was.account);
    if (was.userId !== null && directory.user(was.userId)) userChanged(was.userId);
  };
  directory.onChange(({ kind, id }) => {
    if (kind === "phone") look(id);
    if (kind === "user") for (const phone of [...known.values()]) if (phone.userId === id) look(phone.id);
  });
}
