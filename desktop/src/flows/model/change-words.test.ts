import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import type { FlowChange } from "@tandem/protocol/flow-studio";
import { FlowDocument } from "@tandem/protocol/flow/flow";
import type { Step } from "@tandem/protocol/flow/flow";
import { z } from "zod";
import { keyIfKnown, setLanguage, t } from "../../i18n/i18n.ts";
import { changeWords, pathWords } from "./change-words.ts";
import type { Around } from "./change-words.ts";

const steps: Record<string, Step> = { support: { kind: "queue", queueId: "q_1", needs: [] }, menu: { kind: "say", name: "Accueil", says: { sounds: { fr: "Bonjour" } }, interruptible: true, next: "support" } };
const around: Around = { t, format: { number: String }, names: { queue: (id) => (id === "q_1" ? "SAV" : id), flow: (id) => id, skill: (id) => (id === "sk" ? "Anglais" : id) }, steps };
const told = (path: string, before: unknown, after: unknown): string => {
  const stepId = path.startsWith("steps/") ? (path.split("/")[1] ?? null) : null;
  const change: FlowChange = { path, kind: before === undefined ? "added" : after === undefined ? "removed" : "changed", before: before ?? null, after: after ?? null, stepId };
  const { sentence, before: was, after: is } = changeWords(change, around);
  return [sentence, ...(was === null ? [] : [`− ${was}`]), ...(is === null ? [] : [`+ ${is}`])].join(" | ").replaceAll("\u202f", " ").replaceAll("\u00a0", " ");
};
afterEach(() => setLanguage("fr"));

/** Every name of a field that a document can have. */
function fields(schema: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(schema)) for (const one of schema) fields(one, found);
  else if (typeof schema === "object" && schema !== null) {
    for (const [key, inner] of Object.entries(schema)) {
      if (key === "properties") for (const name of Object.keys(inner as object)) found.add(name);
      fields(inner, found);
    }
  }
  return found;
}

describe("changes in words", () => {
  it("there is a word for every field of a document, in both languages", () => {
    const all = fields(z.toJSONSchema(FlowDocument));
    assert.ok(all.size > 90 && all.has("preferredAgent"), String(all.size));
    assert.deepEqual([...all].filter((name) => keyIfKnown(`flows.field.${name}`) === null), []);
  });

  it("values are what they mean: steps, queues, skills, seconds, fixed words", () => {
    setLanguage("fr");
    assert.equal(told("steps/menu/choices/1/next", "menu", "support"), "Choix 2 › Ensuite : « Accueil » devient « SAV ».");
    assert.equal(told("steps/menu/next", "support", "nowhere"), "Ensuite : « SAV » devient nulle part encore.");
    assert.equal(told("steps/support/queueId", "q_1", "q_2"), "File : « SAV » devient « q_2 ».");
    assert.equal(told("silence/voiceMs", 6000, 4500), "Silence › Au téléphone : 6 s devient 4.5 s.");
    assert.equal(told("steps/a/interruptible", true, false), "Couper la parole : oui devient non.");
    assert.equal(told("steps/a/type", "digits", "amount"), "Type : chiffres devient montant.");
    assert.equal(told("languages/1", undefined, "en"), "En plus : Langue 2, anglais.");
    assert.equal(told("start", "menu", "support"), "Première étape : « Accueil » devient « SAV ».");
    setLanguage("en");
    assert.equal(told("steps/support/needs/0", undefined, { skillId: "sk", minLevel: 5 }), "Added: Skill 1, skill “Anglais”, level 5.");
    assert.equal(told("priority", 0, 3), "Priority: 0 becomes 3.");
    assert.equal(told("steps/a/values/0/to", "1", "2"), "Value 1 › Value: “1” becomes “2”.");
  });

  it("whole steps and lines are told by what they are, never as data", () => {
    setLanguage("fr");
    assert.equal(told("steps/x", undefined, { kind: "say", says: { sounds: { fr: "Bonsoir" } }, interruptible: true, next: "menu" }), "Nouvelle étape : Message, « Bonsoir ».");
    assert.equal(told("steps/x", undefined, { kind: "end", exception: "Tout est en ligne" }), "Nouvelle étape : Fin, « Tout est en ligne ».");
    assert.equal(told("steps/x", steps["menu"], undefined), "Étape supprimée : Message « Accueil ».");
    assert.equal(told("steps/x", steps["menu"], { kind: "end" }), "Cette étape était : Message « Accueil ». Elle est maintenant : Fin.");
    assert.equal(told("steps/m/choices/0", { key: "1", label: { fr: "Un" }, words: {}, set: {}, next: "menu" }, undefined), "En moins : Choix 1. | − touche « 1 », nom « Un », mots rien, retenir rien, ensuite « Accueil »");
    assert.equal(told("variables/order", undefined, { type: "text", label: "Commande" }), "En plus : Variables › « order », type texte libre, nom « Commande ».");
    assert.equal(told("steps/d/to", { kind: "queue", queueId: "q_1" }, { kind: "email" }), "Vers : genre file, file « SAV » devient genre l’adresse e-mail du support.");
    assert.equal(told("tests/0/acts/1", undefined, { do: "keys", keys: "2" }), "En plus : Test 1 › Geste 2, geste touches, touches « 2 ».");
  });

  it("long texts stand under their sentence, before and after", () => {
    const long = "Bonjour et bienvenue. ".repeat(5);
    setLanguage("en");
    assert.equal(told("steps/menu/says/sounds/fr", "Bonjour", long), `Message › spoken › French: the text has changed. | − “Bonjour” | + “${long}”`);
    assert.equal(told("steps/menu/note", undefined, "Ask Léa"), "Remark: now “Ask Léa”.");
    assert.equal(told("steps/menu/note", "Ask Léa", undefined), "Remark: nothing here any more, before “Ask Léa”.");
  });

  it("what nothing here knows is still read by its own name", () => {
    setLanguage("en");
    assert.equal(told("steps/menu/future/0/thing", { a: 1 }, [true, "x"]), "future 1 › thing: a 1 becomes yes, “x”.");
    assert.equal(pathWords({ path: "", stepId: null }, t), "Step");
  });
});
