import type { Clock } from "../base/clock.ts";
import { importDemoCustomers } from "../crm/crm.ts";
import type { Db } from "../db/db.ts";
import type { Directory, QueueRow, QueueSettings } from "../directory/directory.ts";
import type { ExchangeConfig } from "../exchange/exchange.ts";
import { demoFlow } from "../flow/flow.ts";
import { seedService } from "./demo-service.ts";
import { seedTelephony } from "./demo-telephony.ts";

export const DEMO_NUMBER = "1000";
export const DEMO_LOGIN = "lea";
export const DEMO_PHONE = "camille";
const NAME = "Halo & Fils";
const COLLEAGUES = [["hugo", "Hugo Perrin", "Nantes", 3], ["aicha", "Aïcha Diallo", "Nantes", 5], ["boris", "Boris Klein", "Lille", 9]] as const;

/** What is printed once: nobody can read these again. */
export interface FirstSecrets {
  login: string;
  password: string;
  /** The demo's telephone; null in a centre without the demo. */
  phone: { account: string; password: string } | null;
}

const QUEUE: Omit<QueueRow, "id" | "name"> = {
  needs: [],
  rings: [{ afterMs: 20_000, lower: 2 }, { afterMs: 60_000, lower: 9 }],
  strategy: "longest-idle",
  priority: 3,
  ageingMs: 60_000,
  overflow: null,
  target: { percent: 80, withinMs: 20_000 },
  maxWaitMs: 120_000,
  ringMs: 20_000,
  wrapMs: 45_000,
};

/**
 * A small centre to try, made once on an empty database: two queues, a flow on one number, an agent (also supervisor and
 * administrator), colleagues with extensions, customers with orders. Null when there is a centre already.
 */
export async function seedDemo(db: Db, directory: Directory, settings: Pick<QueueSettings, "put">, exchange: ExchangeConfig, clock: Clock, language: "fr" | "en"): Promise<FirstSecrets | null> {
  // The centre's setting is written last: without it, users of the demo alone are a seeding that was cut short, and it begins anew.
  const ours = new Set<string>([DEMO_LOGIN, ...COLLEAGUES.map(([login]) => login)]);
  if ((await directory.setting("centre")) !== null || directory.users().some((user) => !ours.has(user.login))) return null;
  for (const table of ["ring_group", "meeting_room", "page_group", "caller_rule", "speed_dial", "extension", "number", "flow", "queue", "skill", "disposition", "phone", "app_user"]) await db.query(`DELETE FROM ${table}`);
  const say = (fr: string, en: string): string => (language === "fr" ? fr : en);
  const must = async <T extends { ok: boolean }>(what: string, put: Promise<T>): Promise<Extract<T, { ok: true }>> => {
    const done = await put;
    if (!done.ok) throw new Error(`demo centre: ${what} could not be made: ${JSON.stringify(done)}`);
    return done as Extract<T, { ok: true }>;
  };
  // Fixed ids: the flow names them.
  const fixed: [string, string, Partial<QueueRow>][] = [
    ["q_support", say("SAV Luminaires", "Lamp support"), { overflow: { afterMs: 90_000, toQueueId: "q_sales" } }],
    ["q_sales", say("Ventes", "Sales"), { strategy: "best-skill" }],
  ];
  for (const [id, name] of [["sk_english", say("Anglais", "English")], ["sk_returns", say("Retours", "Returns")], ["sk_sales", say("Conseil déco", "Decoration advice")]] as const) await db.query("INSERT INTO skill (id, name) VALUES ($1, $2)", [id, name]);
  for (const [id, name, own] of fixed) await db.query("INSERT INTO queue (id, name, settings) VALUES ($1, $2, $3)", [id, name, JSON.stringify({ ...QUEUE, ...own, name, overflow: null })]);
  await directory.reload();
  await exchange.reload();
  for (const [id, name, own] of fixed) await must(name, directory.putQueue(id, { ...QUEUE, ...own, name }));
  await directory.putFlow({ id: demoFlow.id, name: say(demoFlow.name, `Welcome to ${NAME}`), version: demoFlow.version, definition: { ...demoFlow, languages: language === "fr" ? ["fr", "en"] : ["en", "fr"] } }); // the first is the centre's own: agents read it
  await must("number", directory.putNumber(null, { number: DEMO_NUMBER, label: NAME, flowId: demoFlow.id, language }));
  await must("number", directory.putNumber(null, { number: "+33270000100", label: `${NAME} (${say("opérateur", "trunk")})`, flowId: demoFlow.id, language }));
  for (const [fr, en] of [["Retour › Casse transport", "Return › Transit damage"], ["Retour › Défaut", "Return › Defect"], ["Livraison", "Delivery"], ["Conseil d’achat", "Buying advice"], ["Autre", "Other"]] as const) await must(fr, directory.putDisposition(null, { label: { fr, en } }));

  const lea = await must("Léa", directory.putUser(null, {
    login: DEMO_LOGIN, name: "Léa Marchand", team: "Nantes", roles: ["agent", "supervisor", "administrator"], language,
    skills: [{ skillId: "sk_english", level: 7 }, { skillId: "sk_returns", level: 8 }, { skillId: "sk_sales", level: 6 }], queueIds: [], capacity: { voice: 1, chat: 4 }, active: true,
  }));
  // Nobody is shown a password of theirs: none is made (each costs the first start half a second).
  for (const [login, name, team, english] of COLLEAGUES) {
    await must(name, directory.putUser(null, { login, name, team, roles: ["agent"], language, skills: [{ skillId: "sk_english", level: english }, { skillId: "sk_returns", level: 5 }], queueIds: [], capacity: { voice: 1, chat: 3 }, active: true }, "no-password"));
  }
  // The newcomer's own telephone: a customer's, so that dialling the centre pops a record.
  const phone = await must("phone", directory.putPhone(null, { account: DEMO_PHONE, label: say("Téléphone à essayer", "Phone to try"), userId: null }));
  await importDemoCustomers(db, clock.now(), DEMO_PHONE, language);
  await seedService(db, settings, "q_sales", language);
  await seedTelephony(exchange, directory, DEMO_NUMBER, language);
  await directory.putSetting("centre", { name: NAME, timeZone: "Europe/Paris", mainNumber: DEMO_NUMBER, webNumber: DEMO_NUMBER });
  return { login: DEMO_LOGIN, password: lea.password!, phone: { account: DEMO_PHONE, password: phone.password! } };
}

/** Without the demo, an empty centre gets one person who can make the others. Null when somebody is there. */
export async function firstAdministrator(directory: Directory, language: "fr" | "en"): Promise<FirstSecrets | null> {
  if (directory.users().length > 0) return null;
  const made = await directory.putUser(null, { login: "admin", name: language === "fr" ? "Administration" : "Administrator", team: "", roles: ["agent", "supervisor", "administrator"], language, skills: [], queueIds: [], capacity: { voice: 1, chat: 4 }, active: true });
  if (!made.ok) throw new Error(`the first administrator could not be made: ${made.code}`);
  return { login: "admin", password: made.password!, phone: null };
}
