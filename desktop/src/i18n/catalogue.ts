/** Both catalogues, area by area. A key on screen is `<area>.<key>`: `desk.answer` is `answer` of fr/desk.ts and en/desk.ts. */
import { admin as frAdmin } from "./fr/admin.ts";
import { adminConnections as frAdminConnections } from "./fr/admin-connections.ts";
import { adminHours as frAdminHours } from "./fr/admin-hours.ts";
import { adminOutside as frAdminOutside } from "./fr/admin-outside.ts";
import { adminSecurity as frAdminSecurity } from "./fr/admin-security.ts";
import { adminService as frAdminService } from "./fr/admin-service.ts";
import { adminTelephony as frAdminTelephony } from "./fr/admin-telephony.ts";
import { everywhere as frEverywhere } from "./fr/everywhere.ts";
import { desk as frDesk } from "./fr/desk.ts";
import { floor as frFloor } from "./fr/floor.ts";
import { flows as frFlows } from "./fr/flows.ts";
import { kit as frKit } from "./fr/kit.ts";
import { ladder as frLadder } from "./fr/ladder.ts";
import { phone as frPhone } from "./fr/phone.ts";
import { promised as frPromised } from "./fr/promised.ts";
import { shell as frShell } from "./fr/shell.ts";
import { telephone as frTelephone } from "./fr/telephone.ts";
import { admin as enAdmin } from "./en/admin.ts";
import { adminConnections as enAdminConnections } from "./en/admin-connections.ts";
import { adminHours as enAdminHours } from "./en/admin-hours.ts";
import { adminOutside as enAdminOutside } from "./en/admin-outside.ts";
import { adminSecurity as enAdminSecurity } from "./en/admin-security.ts";
import { adminService as enAdminService } from "./en/admin-service.ts";
import { adminTelephony as enAdminTelephony } from "./en/admin-telephony.ts";
import { everywhere as enEverywhere } from "./en/everywhere.ts";
import { desk as enDesk } from "./en/desk.ts";
import { floor as enFloor } from "./en/floor.ts";
import { flows as enFlows } from "./en/flows.ts";
import { kit as enKit } from "./en/kit.ts";
import { ladder as enLadder } from "./en/ladder.ts";
import { phone as enPhone } from "./en/phone.ts";
import { promised as enPromised } from "./en/promised.ts";
import { shell as enShell } from "./en/shell.ts";
import { telephone as enTelephone } from "./en/telephone.ts";

export const fr = { admin: { ...frAdmin, ...frAdminTelephony, ...frAdminOutside, ...frAdminSecurity, ...frAdminService, ...frAdminHours, ...frAdminConnections }, everywhere: frEverywhere, desk: frDesk, floor: frFloor, flows: frFlows, kit: frKit, ladder: frLadder, phone: frPhone, promised: frPromised, shell: frShell, telephone: frTelephone };
export const en: { [A in keyof typeof fr]: { readonly [K in keyof (typeof fr)[A]]: string } } = {
  admin: { ...enAdmin, ...enAdminTelephony, ...enAdminOutside, ...enAdminSecurity, ...enAdminService, ...enAdminHours, ...enAdminConnections }, everywhere: enEverywhere, desk: enDesk, floor: enFloor, flows: enFlows, kit: enKit, ladder: enLadder, phone: enPhone, promised: enPromised, shell: enShell, telephone: enTelephone,
};

type Areas = typeof fr;
/** Every key of the catalogue: a misspelt one does not compile. */
export type Key = { [A in keyof Areas]: `${A}.${keyof Areas[A] & string}` }[keyof Areas];

/** U+202F, the narrow no-break space of French typography. */
export const NARROW = "\u202f";

/**
 * French spaces, so that authors type plain ones: narrow and unbreakable before ; ! ? % » and after «, unbreakable before a
 * colon. Only in our words: values (what customers write) never pass here.
 */
export function frenchSpaces(message: string): string {
  return message.replace(/ (?=[;!?%»])/g, NARROW).replace(/« /g, `«${NARROW}`).replace(/ (?=:(?!:))/g, "\u00a0");
}

export function flatten(areas: Readonly<Record<string, Readonly<Record<string, string>>>>, map: (message: string) => string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [area, words] of Object.entries(areas)) for (const [key, message] of Object.entries(words)) out[`${area}.${key}`] = map(message);
  return out;
}
