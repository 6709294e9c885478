import type { Words } from "../words.ts";
import type { phone as fr } from "../fr/phone.ts";

export const phone: Words<typeof fr> = {
  "mic.label": "Microphone",
  "mic.default": "Default microphone",
  "speaker.label": "Speaker",
  "speaker.default": "Default speaker",

  "sound.ring": "Incoming call",
  "sound.conversation": "New conversation",
  "sound.message": "Next message",
  "sound.watch": "Limit near",
  "sound.breach": "Limit passed",
  "sound.lost": "Line or microphone lost",
  "sound.ring.how": "rising third ×2, looping",
  "sound.conversation.how": "rising fourth",
  "sound.message.how": "soft tick",
  "sound.watch.how": "one note, once",
  "sound.breach.how": "falling third, once",
  "sound.lost.how": "the only harsh one",
  "sound.volume": "Volume: {sound}",
  "sound.mute": "Mute: {sound}",
  "sound.try": "Listen: {sound}",
};
