import type { ConfigWritten, ExchangeConfig } from "../exchange/exchange.ts";
import type { Directory } from "../directory/directory.ts";

/** The demo company's extensions: who has which, in the order of the number plan. */
const EXTENSIONS = [["lea", "201"], ["hugo", "202"], ["aicha", "203"], ["boris", "204"]] as const;
export const DEMO_GROUP = "300";
export const DEMO_ROOM = "400";
export const DEMO_PAGE = "500";

/** The telephone system of the demo: everybody can be called, with voicemail; a group, a meeting room, an announcement to all. */
export async function seedTelephony(config: ExchangeConfig, directory: Directory, mainNumber: string, language: "fr" | "en"): Promise<void> {
  const say = (fr: string, en: string): string => (language === "fr" ? fr : en);
  const must = async (what: string, put: Promise<ConfigWritten>): Promise<string> => {
    const done = await put;
    if (!done.ok) throw new Error(`demo centre: ${what} could not be made: ${JSON.stringify(done)}`);
    return done.id;
  };
  const ids: string[] = [];
  for (const [login, number] of EXTENSIONS) {
    const user = directory.users().find((one) => one.login === login);
    if (!user) throw new Error(`demo centre: ${login} is not there`);
    ids.push(await must(number, config.putExtension(null, { number, label: user.name, userId: user.id, phoneId: null, language, callClass: "national", callerNumber: null, pickupGroup: say("atelier", "workshop"), ringMs: 25_000, listed: true })));
  }
  const [lea, ...others] = ids as [string, ...string[]];
  await must(DEMO_GROUP, config.putGroup(null, { number: DEMO_GROUP, name: say("Atelier", "Workshop"), strategy: "all", extensionIds: others, ringMs: 20_000, otherwise: { to: "voicemail", extensionId: lea } }));
  await must(DEMO_ROOM, config.putRoom(null, { number: DEMO_ROOM, name: say("Salle de réunion", "Meeting room"), pin: null, moderatorPin: null, maxMembers: 20 }));
  await must(DEMO_PAGE, config.putPage(null, { number: DEMO_PAGE, name: say("Annonce à tous", "Announcement to all"), extensionIds: ids, twoWay: false }));
  await must("rule", config.putCallerRule(null, { position: 10, caller: "+3389", extensionId: null, hours: null, action: { do: "block" }, note: say("Rappels surtaxés (0 899)", "Premium-rate call-backs (0 899)") }));
  await must("speed dial", config.putSpeedDial(null, { code: "1", name: say("Notre propre accueil", "Our own front desk"), number: mainNumber, userId: null }));
}
