import type { Language } from "@tandem/protocol";

/** Every refusal that the API gives, as a sentence for a person: what happened, and what to do when that helps. */
const WORDS = {
  "signed-out": ["Vous n’êtes pas connecté : identifiez-vous.", "You are not signed in: please sign in."],
  "wrong-password": ["Identifiant ou mot de passe inconnu.", "Unknown login or password."],
  "too-many": ["Trop d’essais : réessayez dans une minute.", "Too many attempts: try again in a minute."],
  "not-allowed": ["Votre rôle ne permet pas cette action.", "Your role does not allow this."],
  "wrong-origin": ["Cette demande vient d’un autre site : refusée.", "This request comes from another site: refused."],
  "too-large": ["C’est trop long : raccourcissez.", "This is too long: please shorten it."],
  "bad-input": ["Une valeur n’est pas correcte.", "A value is not right."],
  "not-found": ["Introuvable : peut-être déjà terminé ou supprimé.", "Not found: it may have ended or been deleted."],
  "not-yours": ["Ce contact est chez quelqu’un d’autre.", "Somebody else has this contact."],
  "not-your-queue": ["Cette file n’est pas l’une des vôtres.", "This queue is not one of yours."],
  "too-late": ["Trop tard : le contact a changé d’état entre-temps.", "Too late: the contact has changed in the meantime."],
  "too-early": ["Trop tôt : la conversation n’est pas terminée.", "Too early: the conversation has not ended."],
  "not-possible": ["Ce média ne le permet pas.", "This medium cannot do that."],
  "use-device": ["Décrochez sur votre poste : l’appel y sonne.", "Answer on your device: the call rings there."],
  "unknown-target": ["Ce destinataire n’existe pas.", "That destination does not exist."],
  "not-allowed-outside": ["Votre poste ne permet pas d’appeler ce numéro.", "Your extension may not call that number."],
  "not-stored": ["Non enregistré : la base de données ne répond pas. Réessayez.", "Not saved: the database does not answer. Try again."],
  "taken": ["Déjà pris : choisissez-en un autre.", "Already taken: choose another."],
  "in-use": ["Encore utilisé ailleurs : retirez-le d’abord de là.", "Still used elsewhere: remove it there first."],
  "unknown-reference": ["Un élément choisi n’existe plus.", "Something chosen no longer exists."],
  "unpublished": ["Ce parcours n’est pas publié : publiez-le d’abord.", "This flow is not published: publish it first."],
  "case-changed": ["Quelqu’un d’autre a modifié ce dossier entre-temps.", "Somebody else changed this case in the meantime."],
  "setting-changed": ["Quelqu’un d’autre a modifié ce réglage entre-temps.", "Somebody else changed this setting in the meantime."],
  "conflict": ["Quelqu’un d’autre a modifié ce parcours entre-temps.", "Somebody else changed this flow in the meantime."],
  "unproved": ["Rien ne prouve que ce parcours mène toujours à une personne : il n’est pas publié.", "It is not proved that this flow always leads to a person: it is not published."],
  "bad-flow": ["Ce document n’est pas un parcours correct.", "This document is not a correct flow."],
  "exists": ["Un parcours porte déjà cet identifiant : remplacez-le ou créez une copie.", "A flow has this id already: replace it or make a copy."],
  "queue-closed": ["Cette file est fermée : choisissez une autre destination.", "This queue is closed: choose another destination."],
  "elsewhere": ["Ce réglage ne se fait pas à cet endroit.", "This is not set here."],
  "redirect-loop": ["Ces files se renverraient les contacts sans fin : choisissez une autre destination.", "These queues would send contacts round in circles: choose another destination."],
  "reserved": ["Ce numéro est réservé : parcage, messagerie, secours ou ligne extérieure.", "This number is reserved: parking, voicemail, emergency or outside line."],
  "contradiction": ["Des valeurs se contredisent.", "Values contradict each other."],
  "nothing-said": ["Cette annonce n’a ni texte ni message enregistré : écrivez-la, ou retirez-la.", "This announcement has neither a text nor a recording: write it, or remove it."],
  "no-device": ["Aucun de vos téléphones n’est connecté, ou ce n’est pas un numéro.", "None of your phones is connected, or that is no number."],
  "no-calls": ["Il faut deux appels en cours pour les réunir.", "Two calls are needed to put together."],
  "no-extension": ["Vous n’avez pas de poste : demandez-en un à un administrateur.", "You have no extension: ask an administrator for one."],
  "last-administrator": ["Il faut au moins un administrateur actif.", "At least one active administrator is needed."],
  "no-recording": ["Aucun enregistrement pour ce contact.", "No recording for this contact."],
  "not-offered": ["L’appel depuis cette page n’est pas ouvert en ce moment.", "Calling from this page is not open right now."],
  "not-audio": ["Ce fichier n’est pas un son : envoyez un WAV ou un MP3.", "This file is not a sound: send a WAV or an MP3."],
  "broken-audio": ["Ce fichier est abîmé ou incomplet : exportez-le de nouveau.", "This file is damaged or incomplete: export it again."],
  "unsupported-audio": ["Ce format de WAV n’est pas lu : exportez en PCM, en loi A, en loi µ ou en MP3.", "This kind of WAV cannot be read: export it as PCM, A-law, µ-law or MP3."],
  "empty-audio": ["L’enregistrement est vide ou trop court : il faut au moins 0,2 seconde de parole.", "The recording is empty or too short: at least 0.2 seconds of speech are needed."],
  "silent-audio": ["On n’entend rien : vérifiez le micro et enregistrez de nouveau.", "Nothing can be heard: check the microphone and record again."],
  "long-audio": ["L’enregistrement dépasse 5 minutes : raccourcissez-le.", "The recording is longer than 5 minutes: shorten it."],
  "clipped-audio": ["Le son est saturé : enregistrez de nouveau, moins fort.", "The sound is distorted (clipped): record again, softer."],
  "large-audio": ["Le fichier dépasse 40 Mo : envoyez un MP3, ou un WAV mono.", "The file is larger than 40 MB: send an MP3, or a mono WAV."],
  "too-many-prompts": ["Trop d’annonces : supprimez celles qui ne servent plus.", "Too many prompts: delete those that are no longer used."],
  "not-a-number": ["Ce n’est pas un numéro de téléphone.", "This is not a telephone number."],
  "number-not-called": ["Nous n’appelons pas ce numéro.", "We do not call this number."],
  "slot-gone": ["Cet horaire n’est plus proposé : choisissez-en un autre.", "This time is no longer offered: choose another."],
  "unexpected": ["Erreur de notre côté. Rien n’a été perdu ; réessayez.", "Our mistake. Nothing was lost; try again."],
} as const satisfies Record<string, readonly [string, string]>;

export type RefusalCode = keyof typeof WORDS;

export function inWords(code: RefusalCode, language: Language): string {
  return WORDS[code][language === "fr" ? 0 : 1];
}

/** The first of the languages accepted that we speak. */
export function languageOf(acceptLanguage: string | undefined): Language {
  for (const part of (acceptLanguage ?? "").slice(0, 200).split(",")) {
    const tag = part.trim().toLowerCase();
    if (tag.startsWith("fr")) return "fr";
    if (tag.startsWith("en")) return "en";
  }
  return "en";
}
