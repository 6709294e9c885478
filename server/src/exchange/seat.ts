import type { Extension, NewSeat } from "@tandem/protocol";
import type { Directory } from "../directory/directory.ts";
import type { ExchangeConfig } from "./config.ts";
import type { Provisioning } from "./provisioning.ts";

/** `secret`: of the address that configures the softphone. Passwords are shown once and kept nowhere. */
export interface Seat {
  ok: true;
  userId: string;
  extensionId: string;
  phoneId: string;
  account: string;
  /** Null for somebody who was here before. */
  password: string | null;
  phonePassword: string;
  secret: string;
}
export interface SeatRefusal {
  ok: false;
  code: "taken" | "in-use" | "not-found" | "unknown-reference" | "last-administrator" | "reserved" | "contradiction" | "too-many";
  field?: string;
}

export interface SeatRooms {
  directory: Directory;
  config: ExchangeConfig;
  provisioning: Provisioning;
}

/** Attack: none from outside; a login whose phones are this many is a mistake. */
const MAX_PHONES_A_LOGIN = 20;

/**
 * A person who can be called, in one go: user (or one who is here), softphone, extension, mailbox. Each part is refused for its own
 * reason, under the form's name of the field; what was made before a refusal is unmade.
 */
export async function makeSeat({ directory, config, provisioning }: SeatRooms, body: NewSeat): Promise<Seat | SeatRefusal> {
  const known = body.userId === null ? null : directory.user(body.userId);
  if (body.userId !== null && known === null) return { ok: false, code: "unknown-reference", field: "userId" };
  const undo: (() => Promise<unknown>)[] = [];
  const refuse = async (refusal: SeatRefusal): Promise<SeatRefusal> => {
    for (const back of undo.toReversed()) await back();
    return refusal;
  };

  let user: { id: string; login: string; name: string; password: string | null };
  if (known) user = { id: known.id, login: known.login, name: known.name, password: null };
  else {
    const made = await directory.putUser(null, { login: body.login, name: body.name, team: "", roles: body.agent ? ["agent"] : [], language: body.language, skills: [], queueIds: [], capacity: { voice: 1, chat: 4 }, active: true });
    if (!made.ok) return made;
    undo.push(() => directory.remove("user", made.id));
    user = { id: made.id, login: body.login, name: body.name, password: made.password };
  }

  const extension: Extension = { number: body.extension, label: user.name, userId: user.id, phoneId: null, language: body.language, callClass: body.callClass, callerNumber: null, pickupGroup: "", ringMs: 25_000, listed: true };
  const placed = await config.putExtension(null, extension);
  if (!placed.ok) return refuse({ ...placed, ...(placed.field === "number" ? { field: "extension" } : {}) });
  undo.push(() => config.remove("extension", placed.id));
  if (body.email !== null) {
    const choices = config.choices(placed.id);
    await config.setChoices(placed.id, { ...choices, voicemail: { ...choices.voicemail, email: body.email } });
  }

  const account = freeAccount(directory, user.login);
  if (account === null) return refuse({ ok: false, code: "too-many", field: "login" });
  const phone = await directory.putPhone(null, { account, label: user.name, userId: user.id });
  if (!phone.ok) return refuse(phone);
  const secret = await provisioning.issue(phone.id, { account, password: phone.password!, name: user.name, number: body.extension });
  return { ok: true, userId: user.id, extensionId: placed.id, phoneId: phone.id, account, password: user.password, phonePassword: phone.password!, secret };
}

/** A fresh password for a phone that is there, and the address that brings it there. */
export async function renewPhone({ directory, config, provisioning }: SeatRooms, phoneId: string): Promise<{ ok: true; account: string; password: string; secret: string } | SeatRefusal> {
  const phone = directory.phones().find((row) => row.id === phoneId);
  if (!phone) return { ok: false, code: "not-found" };
  const renewed = await directory.resetPhone(phoneId);
  if (!renewed.ok) return renewed;
  const extension = phone.userId === null ? config.extensionOfPhone(phoneId) : (config.extensionsOfUser(phone.userId)[0] ?? null);
  const name = (phone.userId === null ? null : directory.user(phone.userId)?.name) ?? phone.label;
  const secret = await provisioning.issue(phoneId, { account: phone.account, password: renewed.password, name, number: extension?.number ?? null });
  return { ok: true, account: phone.account, password: renewed.password, secret };
}

/** The login, or with a number behind when somebody's phone bears it already. */
function freeAccount(directory: Directory, login: string): string | null {
  for (let n = 1; n <= MAX_PHONES_A_LOGIN; n++) {
    const suffix = n === 1 ? "" : `.${n}`;
    const account = login.slice(0, 32 - suffix.length) + suffix;
    if (directory.phoneOf(account) === null) return account;
  }
  return null;
}
