import { Calendar } from "@tandem/protocol/hours";
import { PromptBody } from "@tandem/protocol/prompt";
import type { Db } from "../db/db.ts";
import type { QueueSettings } from "../directory/directory.ts";

/**
 * What the demo's customers meet before a person, for its pages to be more than empty: a calendar and prompts that nothing uses yet, and settings of the
 * second queue's own. The centre stays open at all hours, nothing is deflected and no whisper is on: who tries the demo at night reaches somebody.
 * Its calendar names no country: the library of holidays is not loaded for it.
 */
export async function seedService(db: Db, settings: Pick<QueueSettings, "put">, queueId: string, language: "fr" | "en"): Promise<void> {
  const say = (fr: string, en: string): string => (language === "fr" ? fr : en);
  const showroom = Calendar.parse({
    name: say("Boutique de Nantes", "Nantes showroom"), zone: "Europe/Paris",
    weekly: [{ days: [2, 3, 4, 5], from: "10:00", to: "12:30" }, { days: [2, 3, 4, 5], from: "14:00", to: "19:00" }, { days: [6], from: "10:00", to: "19:00" }],
    exceptions: [
      { name: say("Inventaire", "Stocktaking"), from: "2027-01-04", to: "2027-01-05", openings: [] },
      { name: say("Nocturne des fêtes", "Late night before the holidays"), from: "2026-12-19", to: "2026-12-19", openings: [{ from: "10:00", to: "21:00" }] },
    ],
  });
  await db.query("INSERT INTO calendar (id, name, body) VALUES ('cal_showroom', $1, $2) ON CONFLICT DO NOTHING", [showroom.name, JSON.stringify(showroom)]);
  const prompts: [string, PromptBody][] = [
    ["pr_closed", { name: say("Fermeture annuelle", "Annual closure"), texts: { fr: "Nos ateliers sont fermés jusqu’au 4 janvier. Laissez-nous un message, nous vous rappellerons.", en: "Our workshops are closed until the 4th of January. Leave us a message and we will call you back." } }],
    ["pr_sale", { name: say("Soldes d’hiver", "Winter sale"), texts: { [language]: say("Les soldes d’hiver commencent le 13 janvier.", "The winter sale begins on the 13th of January.") } }],
  ];
  for (const [id, body] of prompts) {
    const { name, texts } = PromptBody.parse(body);
    await db.query("INSERT INTO prompt (id, name, texts) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", [id, name, JSON.stringify(texts)]);
  }
  const own = [
    ["waiting", { announcements: [{ says: { fr: "Nos luminaires se voient aussi à la boutique de Nantes, du mardi au samedi.", en: "You can also see our lamps at the Nantes showroom, from Tuesday to Saturday." }, firstAfterS: 90, everyS: 240 }] }],
    ["whisper", { on: false, what: "text", says: { fr: "Conseil d’achat.", en: "Buying advice." }, speed: 1.25, countdown: true }],
    ["callback", { daysAhead: 14, perSlot: 2, toleranceMinutes: 15 }],
  ] as const;
  for (const [kind, body] of own) {
    const done = await settings.put(kind, queueId, body);
    if (!done.ok) throw new Error(`demo centre: ${kind} of ${queueId} could not be set: ${done.code}`);
  }
}
